/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-outward: by what name others reach what listens here, for a line that a person types elsewhere. Threads: any. */

/* The host to type on another device of this network for what listens on listen_host, in brackets where a URL wants them:
 * listen_host itself, or, where that is every interface, the address that packets leave by (nothing is sent), or else this
 * machine's name. NULL when only this machine can reach it. Transfer full. */
char *fw_outward_host (const char *listen_host);
