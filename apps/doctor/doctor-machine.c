/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-machine.h"

#include <gio/gio.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fw-net.h"
#include "fw-path.h"
#include "fw-i18n.h"

#define COLUMNS_WANTED 80
#define ROWS_WANTED 24
#define FILES_WANTED 4096
#define ANSWER_BYTES_MAX 65536

static void
check_locale (Report *report)
{
  const char *charset;

  if (g_get_charset (&charset))
    report_add (report, FINDING_OK, _ ("locale"), g_strdup (setlocale (LC_CTYPE, NULL)), NULL);
  else
    report_add (report, FINDING_NOTE, _ ("locale"),
                g_strdup_printf (_ ("%s, not UTF-8: the map is drawn with plain letters"), charset),
                g_strdup (_ ("try: export LC_ALL=C.UTF-8")));
}

/* Where ncurses looks for a terminal's description. */
static gboolean
has_terminfo (const char *term)
{
  const char *const folders[] = { g_getenv ("TERMINFO"), "/etc/terminfo", "/lib/terminfo",
                                  "/usr/share/terminfo", "/usr/local/share/terminfo" };
  char initial[] = { term[0], '\0' };
  g_autofree char *own = g_build_filename (g_get_home_dir (), ".terminfo", initial, term, NULL);

  if (strchr (term, '/') != NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path
          = folders[i] ? g_build_filename (folders[i], initial, term, NULL) : NULL;
      if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
        return TRUE;
    }
  return g_file_test (own, G_FILE_TEST_EXISTS);
}

static void
check_terminal (Report *report)
{
  const char *term = g_getenv ("TERM");
  struct winsize size = { 0 };

  if (!isatty (STDOUT_FILENO) || ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
    report_add (report, FINDING_NOTE, _ ("terminal"),
                g_strdup (_ ("standard output is not a terminal")),
                g_strdup (_ ("here 'fleetwire dash --headless' prints rows instead of a screen")));
  else if (term == NULL || *term == '\0' || !has_terminfo (term))
    report_add (
        report, FINDING_WRONG, _ ("terminal"),
        g_strdup_printf (_ ("TERM is '%s', which this machine does not know"), term ? term : ""),
        g_strdup (_ ("try: export TERM=xterm-256color, or install the package ncurses-term")));
  else if (size.ws_col < COLUMNS_WANTED || size.ws_row < ROWS_WANTED)
    report_add (
        report, FINDING_NOTE, _ ("terminal"),
        g_strdup_printf (_ ("%s, %d columns by %d rows: map and table do not fit side by side"),
                         term, size.ws_col, size.ws_row),
        g_strdup_printf (_ ("make it %d by %d or larger"), COLUMNS_WANTED, ROWS_WANTED));
  else
    report_add (report, FINDING_OK, _ ("terminal"),
                g_strdup_printf (_ ("%s, %d columns by %d rows"), term, size.ws_col, size.ws_row),
                NULL);
}

static void
check_limits (Report *report)
{
  struct rlimit files;

  if (getrlimit (RLIMIT_NOFILE, &files) != 0)
    return;
  if (files.rlim_cur >= FILES_WANTED)
    report_add (report, FINDING_OK, _ ("limits"),
                g_strdup_printf (_ ("%llu open files"), (unsigned long long) files.rlim_cur), NULL);
  else
    report_add (report, FINDING_NOTE, _ ("limits"),
                g_strdup_printf (
                    _ ("%d open files: a relay started from here can hold about as many clients"),
                    (int) files.rlim_cur),
                g_strdup_printf (_ ("for more: ulimit -n %d"), (int) MIN (files.rlim_max, 65536)));
}

static void
check_versions (Report *report)
{
  report_add (report, FINDING_OK, _ ("libraries"),
              g_strdup_printf ("Fleetwire %s, GLib %u.%u.%u, %s, %s", FW_VERSION,
                               glib_major_version, glib_minor_version, glib_micro_version,
                               fw_kafka_versions (), fw_net_versions ()),
              NULL);
}

static void
check_programs (Report *report)
{
  static const char *const names[] = { "demo", "dash", "sim", "relay", "broker", "topics" };
  g_autoptr (GString) missing = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = fw_path_program (names[i]);
      n += path != NULL;
      if (path == NULL)
        g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", names[i]);
    }
  if (missing->len == 0)
    report_add (report, FINDING_OK, _ ("programs"), g_strdup_printf (_ ("all %u are here"), n),
                NULL);
  else
    report_add (report, FINDING_WRONG, _ ("programs"),
                g_strdup_printf (_ ("not found: %s"), missing->str),
                g_strdup_printf (_ ("they are looked for beside this program, in %s and in PATH"),
                                 FW_BIN_DIR));
}

/* What the relay serves with the page, and does not bring itself. */
static void
check_page (Report *report)
{
  static const char *const homes[] = { "/usr/share/javascript", FW_DATA_DIR "/../javascript" };
  static const char *const libraries[] = { "leaflet", "chart.js" };
  guint n_found = 0;

  for (guint i = 0; i < G_N_ELEMENTS (homes) * G_N_ELEMENTS (libraries); i++)
    {
      g_autofree char *folder = g_build_filename (homes[i / 2], libraries[i % 2], NULL);
      n_found += g_file_test (folder, G_FILE_TEST_IS_DIR);
    }
  if (n_found >= G_N_ELEMENTS (libraries))
    report_add (report, FINDING_OK, _ ("page"), g_strdup (_ ("Leaflet and Chart.js are here")),
                NULL);
  else
    report_add (report, FINDING_WRONG, _ ("page"),
                g_strdup (_ ("its map and chart stay empty: Leaflet or Chart.js is missing")),
                g_strdup (_ ("install the packages libjs-leaflet and libjs-chart.js")));
}

/* The answer to a GET, at most ANSWER_BYTES_MAX of it. NULL, and ret_is_open FALSE, when nobody
 * listens. */
static char *
ask (const char *host_port, const char *path, gint64 timeout_ms, gboolean *ret_is_open)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", path);
  g_autofree char *answer = g_malloc0 (ANSWER_BYTES_MAX + 1);
  gsize n_read = 0;

  g_socket_client_set_timeout (client, (guint) MAX (timeout_ms / 1000, 1));
  g_socket_client_set_enable_proxy (client, FALSE);
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_to_host (client, host_port, 80, NULL, NULL);
  *ret_is_open = connection != NULL;
  if (connection == NULL)
    return NULL;
  GIOStream *stream = G_IO_STREAM (connection);
  if (!g_output_stream_write_all (g_io_stream_get_output_stream (stream), request, strlen (request),
                                  NULL, NULL, NULL))
    return NULL;
  g_input_stream_read_all (g_io_stream_get_input_stream (stream), answer, ANSWER_BYTES_MAX, &n_read,
                           NULL, NULL);
  return g_steal_pointer (&answer);
}

static void
check_relay (Report *report, const DoctorOptions *options)
{
  gboolean is_open;
  g_autofree char *answer = ask (options->relay, "/fleetwire.js", options->timeout_ms, &is_open);

  if (answer != NULL && strstr (answer, "fleetwire") != NULL)
    report_add (report, FINDING_OK, _ ("relay"),
                g_strdup_printf (_ ("answers at http://%s/"), options->relay), NULL);
  else if (is_open)
    report_add (
        report, FINDING_WRONG, _ ("relay"),
        g_strdup_printf (_ ("another program holds %s"), options->relay),
        g_strdup_printf (_ (
            "see which with 'ss -ltnp', or start the relay elsewhere: --listen localhost:PORT")));
  else
    report_add (
        report, FINDING_NOTE, _ ("relay"), g_strdup_printf (_ ("none at %s"), options->relay),
        g_strdup (
            _ ("start it with 'fleetwire relay', or everything at once with 'fleetwire demo'")));
}

static void
check_admin (Report *report, const char *program, int port, gint64 timeout_ms)
{
  g_autofree char *address = g_strdup_printf ("localhost:%d", port);
  gboolean is_open;
  g_autofree char *answer = ask (address, "/readyz", timeout_ms, &is_open);
  const char *body = answer != NULL ? strstr (answer, "\r\n\r\n") : NULL;

  if (!is_open)
    return;
  if (body != NULL && strstr (answer, " 200 ") != NULL)
    report_add (report, FINDING_OK, program,
                g_strdup_printf (_ ("ready, metrics at http://%s/metrics"), address), NULL);
  else if (body != NULL && strstr (answer, " 503 ") != NULL)
    report_add (report, FINDING_WRONG, program,
                g_strdup_printf (_ ("running, not ready: %s"), g_strchomp ((char *) body + 4)),
                g_strdup (_ ("its log says more")));
  else
    report_add (report, FINDING_WRONG, program,
                g_strdup_printf (_ ("another program holds its admin port %d"), port),
                g_strdup (_ ("give it another with --admin-listen localhost:PORT")));
}

void
doctor_check_machine (Report *report)
{
  check_versions (report);
  check_programs (report);
  check_page (report);
  check_locale (report);
  check_terminal (report);
  check_limits (report);
}

void
doctor_check_ports (Report *report, const DoctorOptions *options)
{
  check_relay (report, options);
  check_admin (report, "relay", 9464, options->timeout_ms);
  check_admin (report, "sim", 9468, options->timeout_ms);
  check_admin (report, "broker", 9469, options->timeout_ms);
}
