/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-split.h"

/**
 * LbSplit:
 *
 * A place for content and something on its side that can be opened. Where there is room for both
 * they are beside each other; where there is not, the side takes the content's place while it is
 * open. So it asks for no more room than the larger of the two needs.
 *
 * It is part of the window's template, which sets its two children.
 */
struct _LbSplit
{
  GtkWidget parent_instance;

  GtkWidget *content; /* both are owned as children */
  GtkWidget *side;
  gboolean open;
};

/* With less, the side takes all of it. */
#define ROOM_FOR_BOTH 720

/* The side's part of the width, and how wide it becomes at most. */
#define SIDE_SHARE 0.38
#define SIDE_MAX 420

enum
{
  PROP_CONTENT = 1,
  PROP_SIDE,
  PROP_OPEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbSplit, lb_split, GTK_TYPE_WIDGET)

static void
lb_split_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  LbSplit *self = LB_SPLIT (widget);
  int side_minimum;
  int side_natural;

  gtk_widget_measure (self->content, orientation, -1, minimum, natural, NULL, NULL);
  if (!self->open)
    return;

  gtk_widget_measure (self->side, orientation, -1, &side_minimum, &side_natural, NULL, NULL);
  *minimum = MAX (*minimum, side_minimum);
  *natural = MAX (*natural, side_natural);
}

static void
lb_split_size_allocate (GtkWidget *widget,
                        int width,
                        int height,
                        int baseline)
{
  LbSplit *self = LB_SPLIT (widget);
  const gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  const gboolean both = width >= ROOM_FOR_BOTH;
  int side_width = width;
  int content_width = width;
  int minimum;
  GtkAllocation side;
  GtkAllocation content;

  if (self->open && both)
    {
      gtk_widget_measure (self->side, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      side_width = MAX (minimum, MIN ((int) (width * SIDE_SHARE), SIDE_MAX));
      content_width = width - side_width;
    }

  gtk_widget_set_child_visible (self->content, !self->open || both);

  side = (GtkAllocation){ rtl ? 0 : width - side_width, 0, side_width, height };
  content = (GtkAllocation){ rtl && self->open ? side_width : 0, 0, content_width, height };
  if (gtk_widget_get_child_visible (self->content))
    gtk_widget_size_allocate (self->content, &content, -1);
  if (self->open)
    gtk_widget_size_allocate (self->side, &side, -1);
}

static void
lb_split_take (LbSplit *self,
               GtkWidget **place,
               GtkWidget *child)
{
  g_return_if_fail (*place == NULL && child != NULL);

  *place = child;
  gtk_widget_set_parent (child, GTK_WIDGET (self));
}

static void
lb_split_get_property (GObject *object,
                       guint prop_id,
                       GValue *value,
                       GParamSpec *pspec)
{
  LbSplit *self = LB_SPLIT (object);

  switch (prop_id)
    {
    case PROP_CONTENT:
      g_value_set_object (value, self->content);
      break;

    case PROP_SIDE:
      g_value_set_object (value, self->side);
      break;

    case PROP_OPEN:
      g_value_set_boolean (value, self->open);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_split_set_property (GObject *object,
                       guint prop_id,
                       const GValue *value,
                       GParamSpec *pspec)
{
  LbSplit *self = LB_SPLIT (object);

  switch (prop_id)
    {
    case PROP_CONTENT:
      lb_split_take (self, &self->content, g_value_get_object (value));
      break;

    case PROP_SIDE:
      lb_split_take (self, &self->side, g_value_get_object (value));
      gtk_widget_set_visible (self->side, self->open);
      break;

    case PROP_OPEN:
      lb_split_set_open (self, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_split_dispose (GObject *object)
{
  LbSplit *self = LB_SPLIT (object);

  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_pointer (&self->side, gtk_widget_unparent);

  G_OBJECT_CLASS (lb_split_parent_class)->dispose (object);
}

static void
lb_split_class_init (LbSplitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lb_split_get_property;
  object_class->set_property = lb_split_set_property;
  object_class->dispose = lb_split_dispose;

  widget_class->measure = lb_split_measure;
  widget_class->size_allocate = lb_split_size_allocate;

  /**
   * LbSplit:content:
   *
   * What is always there. Set once.
   */
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, flags);

  /**
   * LbSplit:side:
   *
   * What is there while it is open. Set once.
   */
  properties[PROP_SIDE] = g_param_spec_object ("side", NULL, NULL, GTK_TYPE_WIDGET, flags);

  /**
   * LbSplit:open:
   *
   * Whether the side is to be seen.
   */
  properties[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lb_split_init (LbSplit *self)
{
}

/**
 * lb_split_new:
 *
 * Returns: (transfer floating): a closed split that has no children yet
 */
GtkWidget *
lb_split_new (void)
{
  return g_object_new (LB_TYPE_SPLIT, NULL);
}

/**
 * lb_split_set_open:
 * @self: a split
 * @open: whether the side is to be seen
 *
 * The focus must not be in what disappears.
 */
void
lb_split_set_open (LbSplit *self,
                   gboolean open)
{
  g_return_if_fail (LB_IS_SPLIT (self));

  if (self->open == open)
    return;

  self->open = open;
  /* Not by gtk_widget_set_child_visible(): a screen reader would still find what is in it. */
  if (self->side != NULL)
    gtk_widget_set_visible (self->side, open);
  if (self->content != NULL && !open)
    gtk_widget_set_child_visible (self->content, TRUE);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}

/**
 * lb_split_get_open:
 * @self: a split
 *
 * Returns: whether the side is to be seen
 */
gboolean
lb_split_get_open (LbSplit *self)
{
  g_return_val_if_fail (LB_IS_SPLIT (self), FALSE);

  return self->open;
}
