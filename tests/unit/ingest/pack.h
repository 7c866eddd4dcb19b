/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* pack: what a client would send compressed. */
typedef enum { PACK_GZIP, PACK_ZLIB, PACK_RAW } PackKind;
GByteArray *pack (PackKind kind, const char *bytes, gsize len);
