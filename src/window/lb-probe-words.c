/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-probe-words.h"

#include <glib/gi18n-lib.h>

/*
 * What people read about each setting of the probes. Which settings there are, their order and their
 * limits is the table's of lb_probe_fields().
 */
static const LbProbeWords words[] = {
  { .name = "interval_ms",
    .group = N_ ("When to Probe"),
    .title = N_ ("Interval"),
    .explanation = N_ ("From one probe of a backend to the next."),
    .unit = LB_PROBE_UNIT_TIME },
  { .name = "fast_interval_ms",
    .title = N_ ("Fast interval"),
    .explanation = N_ ("The same while it is not decided yet whether the backend is up or down."),
    .unit = LB_PROBE_UNIT_TIME },
  { .name = "down_interval_ms",
    .title = N_ ("Interval while down"),
    .explanation = N_ ("The same while the backend is down. 0 means the ordinary interval."),
    .unit = LB_PROBE_UNIT_TIME },
  { .name = "timeout_ms",
    .title = N_ ("Timeout"),
    .explanation = N_ ("Without a whole answer after this time the probe has failed."),
    .unit = LB_PROBE_UNIT_TIME },
  { .name = "jitter",
    .title = N_ ("Jitter"),
    .explanation = N_ ("How much of an interval a probe may start earlier or later, so that not all "
                       "backends are probed at once."),
    .unit = LB_PROBE_UNIT_SHARE },
  { .name = "rise",
    .group = N_ ("Up and Down"),
    .title = N_ ("Good probes to come up"),
    .explanation = N_ ("So many in a row bring a backend up again.") },
  { .name = "fall",
    .title = N_ ("Bad probes to go down"),
    .explanation = N_ ("So many in a row take a backend down.") },
  { .name = "slow_start_ms",
    .title = N_ ("Slow start"),
    .explanation = N_ ("How long the weight grows after a backend has come up. 0 means it counts in "
                       "full at once."),
    .unit = LB_PROBE_UNIT_TIME },
  { .name = "tcp_only",
    .group = N_ ("What to Ask"),
    .title = N_ ("Only connect"),
    .explanation = N_ ("A TCP connection is enough. Nothing is asked, so that below only the URL to "
                       "probe matters.") },
  { .name = "verify_certificate",
    .title = N_ ("Verify the certificate"),
    .explanation = N_ ("An https backend whose certificate is not valid is down.") },
  { .name = "method",
    .title = N_ ("Method"),
    .explanation = N_ ("GET, HEAD or OPTIONS.") },
  { .name = "url",
    .title = N_ ("URL to probe"),
    .explanation = N_ ("Asks somewhere else than where clients are sent, such as a port for checks."),
    .placeholder = N_ ("The backend’s own URL") },
  { .name = "path",
    .title = N_ ("Path"),
    .explanation = N_ ("Asks for this path, such as /health, on the same host."),
    .placeholder = N_ ("The URL’s own path") },
  { .name = "host",
    .title = N_ ("Host header"),
    .explanation = N_ ("Says this name, for servers that tell their sites apart by it."),
    .placeholder = N_ ("The URL’s own host") },
  { .name = "headers",
    .title = N_ ("More headers"),
    .explanation = N_ ("One on each line, such as “X-Probe: yes”.") },
  { .name = "expected_status",
    .group = N_ ("What to Expect"),
    .title = N_ ("Good statuses"),
    .explanation = N_ ("Numbers and ranges, such as 200-299,304.") },
  { .name = "expected_body",
    .title = N_ ("Text in the body"),
    .explanation = N_ ("The first 64 KiB of the answer must hold this text."),
    .placeholder = N_ ("Any") },
};

/**
 * lb_probe_words_find:
 * @field: a setting
 *
 * Returns: (transfer none): what people read about it
 */
const LbProbeWords *
lb_probe_words_find (const LbSetting *field)
{
  guint i;

  g_return_val_if_fail (field != NULL, NULL);

  for (i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].name, field->name))
      return &words[i];

  g_return_val_if_reached (NULL);
}
