/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-json.h"
#include "ingest-phone.h"
/* ingest-phone-private: how an app's words become an event's members. Functions that return guint return FW_REJECT_NONE or
 * a refusal. */
typedef enum
{
  PHONE_AS_IS,
  PHONE_TEXT,     /* numbers too */
  PHONE_SCALED,   /* by factor */
  PHONE_UNSIGNED, /* the same; below 0 is "not known" */
  PHONE_POSITIVE, /* the same; 0 and below is "not known" */
  PHONE_HEADING,  /* below 0 is "not known", 360 is 0 */
  PHONE_FLAG,     /* also 0 and 1 */
  PHONE_TIME,     /* seconds, milliseconds, text with or without a zone (UTC then) */
  PHONE_PLACE,    /* "lat,lon" */
  PHONE_SKIP,     /* not kept */
  PHONE_INSIDE,   /* an object whose members have rows of their own */
} PhoneKind;

typedef struct { const char *from, *to; double factor; guint8 kind; } PhoneRow; /* ended by from = NULL; the rest as it came */
/* raw: as it stood in JSON; NULL when it came as a parameter. */
typedef struct { FwJsonToken token; const char *text, *raw; gsize len, raw_len; } PhoneValue;
typedef struct { GString *out; GHashTable *names; FwJsonReader json; gboolean knows_device /* device_id is left out */; } PhoneWriter;

void  phone_writer_init (PhoneWriter *writer, GString *out);
void  phone_writer_clear (PhoneWriter *writer);
void  phone_writer_close (PhoneWriter *writer);
const PhoneRow *phone_row_find (const PhoneRow *rows, const char *name, gsize len);
guint phone_put (PhoneWriter *writer, const PhoneRow *row, const PhoneValue *value);
guint phone_put_as_is (PhoneWriter *writer, const char *name, gsize len, const PhoneValue *value);
guint phone_put_text (PhoneWriter *writer, const char *name, const char *text, gsize len);
/* The value that begins with token, whole. */
guint phone_take_value (FwJsonReader *json, FwJsonToken token, PhoneValue *ret);
guint phone_fault (const FwJsonReader *json);
/* A parameter's value: a number or a bool where it looks like one, else text. json is started anew. */
PhoneValue phone_value_of_parameter (FwJsonReader *json, const GString *text);
/* name=value&..., as in a URL. What is decoded lives until the next call. */
typedef struct { const char *at, *end; GString *name, *value; guint refusal; /* that ended it */ } PhoneParameters;
void     phone_parameters_init (PhoneParameters *parameters, const char *text, gsize len);
void     phone_parameters_clear (PhoneParameters *parameters);
gboolean phone_parameters_next (PhoneParameters *parameters);

/* All the parameters of text; those without a row as they came, or not at all. */
guint phone_put_parameters (PhoneWriter *writer, const PhoneRow *rows, gboolean keeps_others, const char *text, gsize len);

typedef struct { char *query, *user, *device; } PhoneSender; /* as in ingest_phone_new */
IngestPhoneResult phone_read_traccar (const PhoneSender *from, const char *bytes, gsize len, PhoneWriter *writer, guint *ret_refusal);
IngestPhoneResult phone_read_owntracks (const PhoneSender *from, const char *bytes, gsize len, PhoneWriter *writer, guint *ret_refusal);
