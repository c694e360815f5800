/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

#include "lb-application.h"
#include "lb-log.h"

int
main (int argc,
      char **argv)
{
  g_autoptr (LbApplication) application = NULL;
  const char *locale_dir = g_getenv ("LOAD_BALANCER_LOCALEDIR"); /* of a build tree */

  lb_log_install ();

  /* A file that may not become as large as that is no reason to end: whoever writes is told. */
  (void) signal (SIGXFSZ, SIG_IGN);

  (void) setlocale (LC_ALL, "");
  bindtextdomain (LB_GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : LB_LOCALEDIR);
  bind_textdomain_codeset (LB_GETTEXT_PACKAGE, "UTF-8");
  textdomain (LB_GETTEXT_PACKAGE);

  application = lb_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
