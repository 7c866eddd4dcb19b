/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <libwebsockets.h>
/* fw-lws: what this layer must settle once per process before it makes a libwebsockets context. Private to common/net.
 * - Its log goes to the topic "lws" at debug: hostile input is not news to an operator, and what matters we say ourselves.
 * - Its tables are sized by the limit of open files, so that limit is kept between reason and what the system allows.
 *   fd_limit_per_thread must stay unset: below RLIMIT_NOFILE it makes every lookup of a socket a scan of the table.
 * Threads: any. */
void fw_lws_prepare (void);
/* For a server: also raises the limit of open files, as far as the system allows and reason says. */
void fw_lws_prepare_for_many (void);
