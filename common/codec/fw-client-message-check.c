/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-client-message-private.h"

#include "fw-i18n.h"

static gboolean
is_given (const Reading *reading, Key key)
{
  return (reading->given & (1u << key)) != 0;
}

static void
need (Reading *reading, Key key)
{
  if (!is_given (reading, key))
    reading_fail (reading, FW_CODE_BAD_REQUEST, client_key_names[key],
                  g_strdup_printf (_ ("'%s' needs '%s'"), client_op_names[reading->msg->op],
                                   client_key_names[key]));
}

static void
refuse_given (Reading *reading, const Key *keys, guint n, const char *format)
{
  for (guint i = 0; i < n; i++)
    if (is_given (reading, keys[i]))
      reading_fail_at_key (reading, keys[i], format);
}

/* A key that would change the answer, and cannot, is refused: the answer to another question helps
 * nobody. */
static void
check_question (Reading *reading)
{
  static const Key of_fleet[]
      = { KEY_WHERE, KEY_BBOX, KEY_FIELDS, KEY_ORDER, KEY_FIRST, KEY_TOTALS };
  static const Key of_window[] = { KEY_ORDER, KEY_TOTALS };

  if (reading->msg->channel == FW_CHANNEL_LOG)
    refuse_given (reading, of_fleet, G_N_ELEMENTS (of_fleet), _ ("A log has no '%s'"));
  else if (!is_given (reading, KEY_FIRST))
    refuse_given (reading, of_window, G_N_ELEMENTS (of_window), _ ("'%s' needs 'first'"));
}

static void
check_update (Reading *reading)
{
  need (reading, KEY_CH);
  if (reading->msg->channel != FW_CHANNEL_FLEET)
    reading_fail_at_key (reading, KEY_CHANNEL,
                         _ ("'%s' must be 'fleet': a log has nothing to update"));
  check_question (reading);
}

void
reading_check (Reading *reading)
{
  if (!is_given (reading, KEY_OP))
    {
      reading_fail (reading, FW_CODE_BAD_REQUEST, client_key_names[KEY_OP],
                    g_strdup (_ ("A message needs 'op'")));
      return;
    }
  switch (reading->msg->op)
    {
    case FW_OP_HELLO:
      need (reading, KEY_V);
      break;
    case FW_OP_SUBSCRIBE:
      need (reading, KEY_CHANNEL);
      check_question (reading);
      break;
    case FW_OP_UPDATE:
      check_update (reading);
      break;
    case FW_OP_UNSUBSCRIBE:
      need (reading, KEY_CH);
      break;
    default:
      break;
    }
}
