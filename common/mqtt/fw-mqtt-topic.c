/* SPDX-License-Identifier: Apache-2.0 */
/* Which texts may be names and filters (3.1.1 and 5.0: 1.5.4, 4.7, 4.8.2). */
#include "fw-mqtt-private.h"

#include <string.h>

#include "fw-utf8.h"

#define SHARE "$share/"

#define EACH_BYTE(value) (G_GUINT64_CONSTANT (0x0101010101010101) * (value))

/* What a byte is in a text. */
enum
{
  PLAIN,
  WILDCARD,
  NUL,
  MULTI,
};
static const guint8 classes[256] = {
  ['\0'] = NUL,
  ['+'] = WILDCARD,
  ['#'] = WILDCARD,
  [0x80 ... 0xff] = MULTI,
};

/* Eight bytes at once: none is NUL, a wildcard ('+' and '#' differ in one bit) or part of a longer
 * sequence. May be FALSE for some that are plain. */
static inline gboolean
are_plain (const guint8 *at)
{
  guint64 word;
  memcpy (&word, at, sizeof word);
  guint64 wild = (word | EACH_BYTE (0x08)) ^ EACH_BYTE ('+');
  guint64 zeros = ((word - EACH_BYTE (1)) & ~word) | ((wild - EACH_BYTE (1)) & ~wild);
  return !((zeros | word) & EACH_BYTE (0x80));
}

static gboolean
is_good (FwMqttBytes text, gboolean allows_wildcards)
{
  const guint8 *at = text.data, *end = at + text.len;
  while (at < end)
    {
      if (end - at >= 8 && are_plain (at))
        {
          at += 8;
          continue;
        }
      guint n = 1;
      guint8 class = classes[*at];
      if (G_UNLIKELY (class != PLAIN))
        {
          if (class == NUL || (class == WILDCARD && !allows_wildcards))
            return FALSE;
          if (class == MULTI && !(n = fw_utf8_sequence (at, (gsize) (end - at))))
            return FALSE;
        }
      at += n;
    }
  return TRUE;
}

gboolean
fw_mqtt_text_is_good (FwMqttBytes text)
{
  return is_good (text, TRUE);
}

gboolean
fw_mqtt_topic_is_good (FwMqttBytes topic)
{
  return is_good (topic, FALSE);
}

/* A wildcard fills its level; # is the last. */
gboolean
fw_mqtt_filter_is_good (FwMqttBytes filter)
{
  for (guint32 i = 0; i < filter.len; i++)
    {
      if (classes[filter.data[i]] != WILDCARD)
        continue;
      gboolean is_last = i + 1 == filter.len;
      if (i > 0 && filter.data[i - 1] != '/')
        return FALSE;
      if (!is_last && (filter.data[i] == '#' || filter.data[i + 1] != '/'))
        return FALSE;
    }
  return filter.len > 0;
}

gboolean
fw_mqtt_filter_is_shared (FwMqttBytes filter)
{
  return filter.len >= strlen (SHARE) && memcmp (filter.data, SHARE, strlen (SHARE)) == 0;
}

gboolean
fw_mqtt_filter_has_wildcard (FwMqttBytes filter)
{
  return memchr (filter.data, '+', filter.len) || memchr (filter.data, '#', filter.len);
}
