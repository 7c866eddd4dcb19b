/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fuzz: what each target of this folder gives to libFuzzer, or to fuzz-replay.c, which feeds it its corpus instead. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

/* Like g_assert_true, but also where assertions of GLib are off. */
#define FUZZ_REQUIRE(claim) \
  G_STMT_START { if (!(claim)) g_error ("%s:%d: %s", __FILE__, __LINE__, #claim); } G_STMT_END
