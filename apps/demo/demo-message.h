/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "demo-count.h"
/* demo-message: reads what the relay says to a client (docs/protocol.md 6), as far as the demo counts it.
 * Promises: any bytes; what it does not know it passes over. No I/O. Threads: one owner. */
typedef struct DemoMessageReader DemoMessageReader;

typedef struct
{
  void (*subscribed) (gpointer user);
  void (*record) (gpointer user, const DemoRecord *record); /* borrowed until it returns */
  void (*row) (gpointer user, const char *device, gint64 ts_ms);
  void (*complaint) (gpointer user, const char *op, const char *text); /* error, bye, gap */
} DemoMessageHandler;

DemoMessageReader *demo_message_reader_new (const DemoMessageHandler *handler, gpointer user);
void               demo_message_reader_free (DemoMessageReader *reader);
/* FALSE: not a JSON object. */
gboolean           demo_message_read (DemoMessageReader *reader, const char *text, gsize len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoMessageReader, demo_message_reader_free)
