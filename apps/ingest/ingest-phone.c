/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ingest-phone-private.h"

struct IngestPhone
{
  IngestPhoneApp app;
  PhoneSender sender;
};

IngestPhone *
ingest_phone_new (IngestPhoneApp app, const char *query, const char *user, const char *device)
{
  IngestPhone *phone = g_new (IngestPhone, 1);

  phone->app = app;
  phone->sender = (PhoneSender){ g_strdup (query), g_strdup (user), g_strdup (device) };
  return phone;
}

void
ingest_phone_free (IngestPhone *phone)
{
  if (phone == NULL)
    return;
  g_free (phone->sender.query);
  g_free (phone->sender.user);
  g_free (phone->sender.device);
  g_free (phone);
}

IngestPhoneResult
ingest_phone_read (const IngestPhone *phone, const IngestIdentity *known, const char *bytes,
                   gsize len, GString *out, guint *ret_refusal)
{
  PhoneWriter writer;
  IngestPhoneResult result;

  *ret_refusal = FW_REJECT_NONE;
  phone_writer_init (&writer, out);
  writer.knows_device = known != NULL && known->device_id.len > 0;
  result = phone->app == INGEST_PHONE_TRACCAR
               ? phone_read_traccar (&phone->sender, bytes, len, &writer, ret_refusal)
               : phone_read_owntracks (&phone->sender, bytes, len, &writer, ret_refusal);
  phone_writer_close (&writer);
  phone_writer_clear (&writer);
  return result;
}

char *
ingest_phone_token (const char *query)
{
  PhoneParameters parameters;
  char *token = NULL;

  if (query == NULL)
    return NULL;
  phone_parameters_init (&parameters, query, strlen (query));
  while (token == NULL && phone_parameters_next (&parameters))
    if (g_str_equal (parameters.name->str, "token"))
      token = g_strdup (parameters.value->str);
  phone_parameters_clear (&parameters);
  return token;
}

guint
ingest_phone_refusal_status (guint refusal)
{
  switch (refusal)
    {
    case FW_REJECT_KEY_TWICE: /* once in the URL, once by the app */
    case FW_REJECT_NO_DEVICE_ID:
    case FW_REJECT_BAD_DEVICE_ID:
    case FW_REJECT_BAD_FLEET:
    case INGEST_REFUSED_IDENTITY:
    case INGEST_REFUSED_ENCRYPTED:
      return 400;
    default:
      return 200;
    }
}

guint
ingest_phone_answer (const IngestPhone *phone, const IngestBatch *batch, gboolean busy,
                     GString *out)
{
  guint status = ingest_batch_answer (batch, busy, out);
  IngestBatchCounts counts = ingest_batch_counts (batch);

  if (status == 503 || counts.n_not_stored > 0)
    return 503;
  if (status == 202 || status == 413)
    status = 200;
  if (status == 200 && phone->app == INGEST_PHONE_OWNTRACKS)
    g_string_assign (out, "[]\n");
  return status;
}
