/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-lws.h"

#include <string.h>
#include <sys/resource.h>

#include "fw-log.h"

FW_LOG_TOPIC ("lws");

#define OPEN_FILES_MAX 65536 /* 16 bytes of table each, for every context */

static void
log_line (int level, const char *line)
{
  fw_debug ("%d: %.*s", level, (int) strcspn (line, "\n"), line);
}

static void
limit_open_files (rlim_t wanted)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;
  limit.rlim_cur = MIN (MAX (limit.rlim_cur, wanted), MIN (limit.rlim_max, OPEN_FILES_MAX));
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    fw_debug ("the limit of open files stays as it is");
}

void
fw_lws_prepare (void)
{
  static gsize is_done;

  if (g_once_init_enter (&is_done))
    {
      lws_set_log_level (LLL_ERR | LLL_WARN, log_line);
      limit_open_files (0);
      g_once_init_leave (&is_done, 1);
    }
}

void
fw_lws_prepare_for_many (void)
{
  static gsize is_done;

  fw_lws_prepare ();
  if (g_once_init_enter (&is_done))
    {
      limit_open_files (OPEN_FILES_MAX);
      g_once_init_leave (&is_done, 1);
    }
}
