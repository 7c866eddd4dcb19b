/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
/* fuzz: what each target of this folder gives to libFuzzer, or to fuzz-replay.c, which feeds it its corpus instead. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

/* Ends by abort(), which libFuzzer catches and keeps the input of; GLib's own g_error ends by a trap, which it does not. */
#define FUZZ_REQUIRE(claim)                                             \
  G_STMT_START                                                          \
  {                                                                     \
    if (!(claim))                                                       \
      {                                                                 \
        fprintf (stderr, "%s:%d: %s\n", __FILE__, __LINE__, #claim);    \
        abort ();                                                       \
      }                                                                 \
  }                                                                     \
  G_STMT_END
