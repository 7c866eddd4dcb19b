/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-keys.h"
#include "dash-prompt.h"
#include <string.h>

static void
test_no_key_means_two_things_in_one_place (void)
{
  for (const DashKeyRow *row = dash_keys (); row->key != 0; row++)
    for (const DashKeyRow *other = row + 1; other->key != 0; other++)
      g_assert_false (row->key == other->key && (row->places & other->places) != 0);
}

static void
test_every_command_can_be_reached_and_is_explained (void)
{
  for (int command = DASH_DO_QUIT; command <= DASH_DO_REDRAW; command++)
    {
      const DashKeyRow *found = NULL, *explained = NULL;

      for (const DashKeyRow *row = dash_keys (); row->key != 0; row++)
        {
          explained = row->name != NULL ? row : explained;
          if (found == NULL && (int) row->command == command)
            {
              found = row;
              g_assert_nonnull (explained);
              g_assert_nonnull (explained->help);
            }
        }
      g_assert_nonnull (found);
    }
}

static void
test_arrows_move_what_has_the_keys (void)
{
  g_assert_cmpint (dash_keys_find (DASH_KEY_UP, DASH_IN_LIST), ==, DASH_DO_UP);
  g_assert_cmpint (dash_keys_find (DASH_KEY_UP, DASH_IN_MAP), ==, DASH_DO_PAN_UP);
  g_assert_cmpint (dash_keys_find ('q', DASH_IN_HELP), ==, DASH_DO_QUIT);
  g_assert_cmpint (dash_keys_find (0x1F600, DASH_IN_LIST), ==, DASH_DO_NOTHING);
}

static void
test_the_manual_names_every_key (void)
{
  g_autofree FwTerm *terms = dash_keys_terms ();
  guint n = 0;

  for (const DashKeyRow *row = dash_keys (); row->key != 0; row++)
    if (row->name != NULL)
      g_assert_cmpstr (terms[n++].meaning, ==, row->help);
  g_assert_null (terms[n].word);
}

static DashPromptResult
type (DashPrompt *prompt, const char *keys)
{
  DashPromptResult result = DASH_PROMPT_SAME;

  for (; *keys != '\0'; keys = g_utf8_next_char (keys))
    result = dash_prompt_key (prompt, g_utf8_get_char (keys));
  return result;
}

static void
check_text (const DashPrompt *prompt, const char *text, gsize cursor)
{
  g_assert_cmpstr (prompt->text->str, ==, text);
  g_assert_cmpuint (prompt->cursor, ==, cursor);
}

static void
test_a_line_is_edited_by_letters (void)
{
  DashPrompt prompt;

  dash_prompt_init (&prompt);
  dash_prompt_open (&prompt, "");
  type (&prompt, "Zürich");
  check_text (&prompt, "Zürich", 7);
  dash_prompt_key (&prompt, DASH_KEY_HOME);
  dash_prompt_key (&prompt, DASH_KEY_RIGHT);
  dash_prompt_key (&prompt, DASH_KEY_DELETE);
  check_text (&prompt, "Zrich", 1);
  type (&prompt, "ü");
  dash_prompt_key (&prompt, DASH_KEY_BACKSPACE);
  check_text (&prompt, "Zrich", 1);
  dash_prompt_key (&prompt, DASH_KEY_CTRL ('k'));
  check_text (&prompt, "Z", 1);
  type (&prompt, " temp_c > 8 ");
  dash_prompt_key (&prompt, DASH_KEY_CTRL ('w'));
  check_text (&prompt, "Z temp_c > ", 11);
  dash_prompt_key (&prompt, DASH_KEY_CTRL ('u'));
  check_text (&prompt, "", 0);
  g_assert_cmpint (dash_prompt_key (&prompt, DASH_KEY_BACKSPACE), ==, DASH_PROMPT_SAME);
  g_assert_cmpint (dash_prompt_key (&prompt, 7), ==, DASH_PROMPT_SAME);
  dash_prompt_clear (&prompt);
}

static void
test_a_wrong_line_is_not_taken (void)
{
  DashPrompt prompt;

  dash_prompt_init (&prompt);
  dash_prompt_open (&prompt, "temp_c >");
  dash_prompt_set_error (&prompt, "expected a number", 8);
  g_assert_cmpint (dash_prompt_key (&prompt, DASH_KEY_ENTER), ==, DASH_PROMPT_SAME);
  g_assert_true (prompt.is_open);
  g_assert_cmpint (dash_prompt_key (&prompt, DASH_KEY_ESCAPE), ==, DASH_PROMPT_CANCELLED);
  g_assert_false (prompt.is_open);
  dash_prompt_clear (&prompt);
}

static void
test_earlier_lines_come_back (void)
{
  DashPrompt prompt;

  dash_prompt_init (&prompt);
  for (guint i = 0; i < DASH_PROMPT_HISTORY_MAX + 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("age > %u", i);

      dash_prompt_open (&prompt, text);
      dash_prompt_key (&prompt, DASH_KEY_ENTER);
    }
  g_assert_cmpuint (prompt.history->len, ==, DASH_PROMPT_HISTORY_MAX);
  dash_prompt_open (&prompt, "");
  dash_prompt_key (&prompt, DASH_KEY_UP);
  dash_prompt_key (&prompt, DASH_KEY_UP);
  g_assert_cmpstr (prompt.text->str, ==, "age > 53");
  dash_prompt_clear (&prompt);
}

static void
test_names_are_completed (void)
{
  DashPrompt prompt;

  dash_prompt_init (&prompt);
  dash_prompt_open (&prompt, "age > 3 and odo");
  dash_prompt_key (&prompt, DASH_KEY_TAB);
  g_assert_cmpstr (prompt.text->str, ==, "age > 3 and odometer_km");
  dash_prompt_open (&prompt, "st");
  dash_prompt_key (&prompt, DASH_KEY_TAB); /* stale, status and stopped agree no further */
  g_assert_cmpstr (prompt.text->str, ==, "st");
  dash_prompt_clear (&prompt);
}

static void
test_a_line_has_an_end (void)
{
  DashPrompt prompt;

  dash_prompt_init (&prompt);
  dash_prompt_open (&prompt, "");
  for (guint i = 0; i < 2 * DASH_PROMPT_MAX_BYTES; i++)
    dash_prompt_key (&prompt, 0x8ECA);
  g_assert_cmpuint (prompt.text->len, <=, DASH_PROMPT_MAX_BYTES);
  g_assert_true (g_utf8_validate (prompt.text->str, -1, NULL));
  dash_prompt_clear (&prompt);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dash/keys/no-key-means-two-things-in-one-place",
                   test_no_key_means_two_things_in_one_place);
  g_test_add_func ("/dash/keys/every-command-can-be-reached-and-is-explained",
                   test_every_command_can_be_reached_and_is_explained);
  g_test_add_func ("/dash/keys/arrows-move-what-has-the-keys", test_arrows_move_what_has_the_keys);
  g_test_add_func ("/dash/keys/the-manual-names-every-key", test_the_manual_names_every_key);
  g_test_add_func ("/dash/prompt/a-line-is-edited-by-letters", test_a_line_is_edited_by_letters);
  g_test_add_func ("/dash/prompt/a-wrong-line-is-not-taken", test_a_wrong_line_is_not_taken);
  g_test_add_func ("/dash/prompt/earlier-lines-come-back", test_earlier_lines_come_back);
  g_test_add_func ("/dash/prompt/names-are-completed", test_names_are_completed);
  g_test_add_func ("/dash/prompt/a-line-has-an-end", test_a_line_has_an_end);
  return g_test_run ();
}
