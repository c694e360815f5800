/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-arranger.h"

/**
 * LbArranger:
 *
 * Which backends the window shows, and in which order, as something that can be bound and heard of.
 *
 * [class@Window] makes one. The find bar and the menu of the view change its properties, the latter
 * by actions of the window; the list and the charts hear of it by `changed` and go by the
 * arrangement.
 */
struct _LbArranger
{
  GObject parent_instance;

  LbArrangement arrangement;
};

enum
{
  PROP_TEXT = 1,
  PROP_SHOW,
  PROP_ORDER,
  PROP_DESCENDING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbArranger, lb_arranger, G_TYPE_OBJECT)

static void
lb_arranger_set (LbArranger *self,
                 const LbArrangement *wanted)
{
  LbArrangement *current = &self->arrangement;
  const LbArrangement old = *current;
  const gboolean text = g_strcmp0 (old.text, wanted->text) != 0;
  const gboolean show = old.show != wanted->show;
  const gboolean order = old.order != wanted->order;
  const gboolean descending = old.descending != wanted->descending;

  if (!text && !show && !order && !descending)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  *current = *wanted;
  current->text = text ? g_strdup (wanted->text) : old.text;
  if (text)
    {
      g_free (old.text);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
    }
  if (show)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW]);
  if (order)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORDER]);
  if (descending)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DESCENDING]);
  g_object_thaw_notify (G_OBJECT (self));

  g_signal_emit (self, signals[CHANGED], 0);
}

static void
lb_arranger_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  LbArranger *self = LB_ARRANGER (object);

  switch (prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, self->arrangement.text);
      break;

    case PROP_SHOW:
      g_value_set_enum (value, (int) self->arrangement.show);
      break;

    case PROP_ORDER:
      g_value_set_enum (value, (int) self->arrangement.order);
      break;

    case PROP_DESCENDING:
      g_value_set_boolean (value, self->arrangement.descending);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_arranger_set_property (GObject *object,
                          guint prop_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  LbArranger *self = LB_ARRANGER (object);
  LbArrangement wanted = self->arrangement;

  switch (prop_id)
    {
    case PROP_TEXT:
      wanted.text = (char *) g_value_get_string (value);
      break;

    case PROP_SHOW:
      wanted.show = (LbShow) g_value_get_enum (value);
      break;

    case PROP_ORDER:
      wanted.order = (LbOrder) g_value_get_enum (value);
      break;

    case PROP_DESCENDING:
      wanted.descending = g_value_get_boolean (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }

  lb_arranger_set (self, &wanted);
}

static void
lb_arranger_finalize (GObject *object)
{
  LbArranger *self = LB_ARRANGER (object);

  g_free (self->arrangement.text);

  G_OBJECT_CLASS (lb_arranger_parent_class)->finalize (object);
}

static void
lb_arranger_class_init (LbArrangerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lb_arranger_get_property;
  object_class->set_property = lb_arranger_set_property;
  object_class->finalize = lb_arranger_finalize;

  /**
   * LbArranger:text:
   *
   * What a URL must contain.
   */
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);

  /**
   * LbArranger:show:
   *
   * Which backends, by how they are.
   */
  properties[PROP_SHOW] =
    g_param_spec_enum ("show", NULL, NULL, LB_TYPE_SHOW, LB_SHOW_ALL, flags);

  /**
   * LbArranger:order:
   *
   * In which order.
   */
  properties[PROP_ORDER] =
    g_param_spec_enum ("order", NULL, NULL, LB_TYPE_ORDER, LB_ORDER_POOL, flags);

  /**
   * LbArranger:descending:
   *
   * Whether the order is turned round.
   */
  properties[PROP_DESCENDING] = g_param_spec_boolean ("descending", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * LbArranger::changed:
   * @self: the arranger
   *
   * Another arrangement holds from now on. Emitted once for whatever changes together.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
lb_arranger_init (LbArranger *self)
{
}

/**
 * lb_arranger_new:
 *
 * Returns: (transfer full): an arranger that shows everything as it is in the pool
 */
LbArranger *
lb_arranger_new (void)
{
  return g_object_new (LB_TYPE_ARRANGER, NULL);
}

/**
 * lb_arranger_get_arrangement:
 * @self: an arranger
 *
 * Returns: (transfer none): what is shown and in which order, until it is changed
 */
const LbArrangement *
lb_arranger_get_arrangement (LbArranger *self)
{
  g_return_val_if_fail (LB_IS_ARRANGER (self), NULL);

  return &self->arrangement;
}

/**
 * lb_arranger_show_all:
 * @self: an arranger
 *
 * Hides nobody any more. The order stays.
 */
void
lb_arranger_show_all (LbArranger *self)
{
  LbArrangement wanted;

  g_return_if_fail (LB_IS_ARRANGER (self));

  wanted = self->arrangement;
  wanted.text = NULL;
  wanted.show = LB_SHOW_ALL;
  lb_arranger_set (self, &wanted);
}

/**
 * lb_arranger_sort:
 * @self: an arranger
 * @order: by what
 * @descending: whether turned round
 *
 * Changes both at once.
 */
void
lb_arranger_sort (LbArranger *self,
                  LbOrder order,
                  gboolean descending)
{
  LbArrangement wanted;

  g_return_if_fail (LB_IS_ARRANGER (self));

  wanted = self->arrangement;
  wanted.order = order;
  wanted.descending = descending;
  lb_arranger_set (self, &wanted);
}
