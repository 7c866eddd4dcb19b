/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option.h"
/* fw-config: the inside of FwConfig, for the option parser alone; programs use fw-option.h.
 * Threads: main. */
typedef struct
{
  char *section, *key, *value;
  char *path;
  guint line;
  gboolean is_private; /* nobody but its owner may read the file */
  gboolean is_option;  /* an option row took it: hidden from fw_config_keys and fw_config_get */
} FwConfigEntry;

/* The bytes of a file with a NUL behind them, at most bytes_max; is_private: nobody but its owner may read it. */
char    *fw_config_load (const char *path, gsize bytes_max, gsize *ret_len, gboolean *ret_is_private, GError **error);
/* What fw_config_read makes of a file's bytes. text has a NUL behind len, and is cut up. path: for messages. */
gboolean fw_config_read_text (FwConfig *config, const char *path, char *text, gsize len, gboolean is_private, GError **error);
/* Whether the value of a key that is passed on to librdkafka must not be seen. */
gboolean fw_config_is_secret (const char *key);
/* NULL when absent; borrowed until config is freed or read over. */
FwConfigEntry   *fw_config_find (FwConfig *config, const char *section, const char *key);
const GPtrArray *fw_config_entries (const FwConfig *config); /* of FwConfigEntry, borrowed */
