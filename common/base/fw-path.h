/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-path: where Fleetwire's other programs and its data are, installed or not.
 * Promises: where FLEETWIRE_BUILD (a build folder) and FLEETWIRE_SOURCE (the project's folder) are set, nothing else is
 *   looked at, so that an uninstalled program never picks up an installed one.
 * Threads: any. */

/* The file of a program, "relay" -> ".../fleetwire-relay": in the build folder, or beside this program, where it
 * was installed, in PATH. NULL when there is none; transfer full. */
char *fw_path_program (const char *command);
/* A file or folder under data/, "tracks/capmetro.csv". NULL when it does not exist; transfer full. */
char *fw_path_data (const char *name);
