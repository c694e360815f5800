/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <gtk/gtk.h>

/* The least a GTK application can be: what its window takes is GTK's and the display's share. */

static void
on_activate (GtkApplication *application)
{
  gtk_window_present (GTK_WINDOW (gtk_application_window_new (application)));
}

int
main (int argc,
      char **argv)
{
  g_autoptr (GtkApplication) application =
    gtk_application_new ("org.example.EmptyWindow", G_APPLICATION_DEFAULT_FLAGS);

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
