/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ingest-phone-private.h"

void
phone_parameters_init (PhoneParameters *parameters, const char *text, gsize len)
{
  *parameters = (PhoneParameters){
    .at = text, .end = text + len, .name = g_string_new (NULL), .value = g_string_new (NULL)
  };
}

void
phone_parameters_clear (PhoneParameters *parameters)
{
  g_string_free (parameters->name, TRUE);
  g_string_free (parameters->value, TRUE);
}

/* FALSE: a % without two digits behind it. */
static gboolean
decode (GString *out, const char *at, const char *end)
{
  g_string_truncate (out, 0);
  for (; at < end; at++)
    {
      char c = *at == '+' ? ' ' : *at;

      if (c == '%')
        {
          if (end - at < 3 || !g_ascii_isxdigit (at[1]) || !g_ascii_isxdigit (at[2]))
            return FALSE;
          c = (char) (g_ascii_xdigit_value (at[1]) << 4 | g_ascii_xdigit_value (at[2]));
          at += 2;
        }
      g_string_append_c (out, c);
    }
  return TRUE;
}

static guint
read_pair (PhoneParameters *parameters, const char *end)
{
  const char *at = parameters->at;
  const char *equals = memchr (at, '=', (gsize) (end - at));

  if (!decode (parameters->name, at, equals != NULL ? equals : end)
      || !decode (parameters->value, equals != NULL ? equals + 1 : end, end))
    return INGEST_REFUSED_FORM;
  return g_utf8_validate_len (parameters->name->str, parameters->name->len, NULL)
                 && g_utf8_validate_len (parameters->value->str, parameters->value->len, NULL)
             ? FW_REJECT_NONE
             : FW_REJECT_BAD_UTF8;
}

gboolean
phone_parameters_next (PhoneParameters *parameters)
{
  while (parameters->at < parameters->end && parameters->refusal == FW_REJECT_NONE)
    {
      gsize left = (gsize) (parameters->end - parameters->at);
      const char *and = memchr (parameters->at, '&', left);
      const char *end = and != NULL ? and : parameters->end;

      parameters->refusal = read_pair (parameters, end);
      parameters->at = and != NULL ? and+1 : end;
      if (parameters->refusal == FW_REJECT_NONE && parameters->name->len > 0)
        return TRUE;
    }
  return FALSE;
}

PhoneValue
phone_value_of_parameter (FwJsonReader *json, const GString *text)
{
  PhoneValue value = { FW_JSON_STRING, text->str, NULL, text->len, 0 };
  FwJsonToken token;

  fw_json_reader_start (json, text->str, text->len);
  token = fw_json_next (json);
  if ((token == FW_JSON_NUMBER || token == FW_JSON_TRUE || token == FW_JSON_FALSE)
      && json->token_at == 0 && json->at == text->len && fw_json_next (json) == FW_JSON_END)
    value.token = token;
  return value;
}

guint
phone_put_parameters (PhoneWriter *writer, const PhoneRow *rows, gboolean keeps_others,
                      const char *text, gsize len)
{
  PhoneParameters parameters;
  guint refusal = FW_REJECT_NONE;

  phone_parameters_init (&parameters, text, len);
  while (refusal == FW_REJECT_NONE && phone_parameters_next (&parameters))
    {
      const GString *name = parameters.name;
      const PhoneRow *row = phone_row_find (rows, name->str, name->len);
      PhoneValue value = phone_value_of_parameter (&writer->json, parameters.value);

      if (row != NULL)
        refusal = phone_put (writer, row, &value);
      else if (keeps_others)
        refusal = phone_put_as_is (writer, name->str, name->len, &value);
    }
  refusal = refusal != FW_REJECT_NONE ? refusal : parameters.refusal;
  phone_parameters_clear (&parameters);
  return refusal;
}
