/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "window/lb-picture.h"

/**
 * lb_picture_save:
 * @window: a window that is shown
 * @path: the PNG file to write
 * @scale: pixels of the picture for one of the window
 * @error: a place for an error
 *
 * Saves what @window looks like now, with its decorations, for people to look at.
 *
 * Returns: whether it could be written
 */
gboolean
lb_picture_save (GtkWidget *window,
                 const char *path,
                 float scale,
                 GError **error)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));

  gtk_snapshot_scale (snapshot, scale, scale);
  gdk_paintable_snapshot (paintable, snapshot,
                          gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The window is not painted yet.");
      return FALSE;
    }

  texture = gsk_renderer_render_texture (renderer, node, NULL);
  if (!gdk_texture_save_to_png (texture, path))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s could not be written.", path);
      return FALSE;
    }

  return TRUE;
}
