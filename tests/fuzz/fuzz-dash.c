/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a relay, one a line, into a whole dashboard; whatever they say, the screen holds only
 * what may be shown. */
#include <string.h>

#include "dash-app.h"
#include "fuzz.h"

#define NOW_MS G_GINT64_CONSTANT (1764010000000)

/* The relay's answers to what the dashboard asks, so that the messages have channels to speak on:
 * 1, 2, 3, ... */
static void
answer (DashStore *store)
{
  gint64 ch = 0;
  char *request;

  while ((request = dash_subs_next (store->subs)) != NULL)
    {
      g_autofree char *reply = g_strdup_printf ("{\"op\":\"subscribed\",\"id\":%" G_GINT64_FORMAT
                                                ",\"ch\":%" G_GINT64_FORMAT "}",
                                                ch + 1, ch + 1);

      ch++;
      dash_store_message (store, reply, strlen (reply), NOW_MS);
      g_free (request);
    }
}

static void
check_screen (const DashCanvas *canvas)
{
  for (int y = 0; y < dash_canvas_height (canvas); y++)
    for (int x = 0; x < dash_canvas_width (canvas); x++)
      {
        gunichar glyph = dash_canvas_cell (canvas, x, y).glyph;

        FUZZ_REQUIRE (glyph == 0 || (glyph >= 0x20 && !(glyph >= 0x7F && glyph < 0xA0)));
        FUZZ_REQUIRE (!dash_canvas_is_ascii (canvas) || (glyph >= 0x20 && glyph < 0x7F));
      }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  FwManualClock clock;
  g_autoptr (DashApp) app = NULL;
  const char *text = (const char *) data, *end = text + len;

  fw_manual_clock_init (&clock, NOW_MS);
  app = dash_app_new (&clock.clock, "ws://localhost:8080", NULL, (DashView) (len % DASH_N_VIEWS),
                      len % 2 == 0);
  dash_canvas_resize (app->canvas, 40 + (int) (len % 100), 12 + (int) (len % 30));
  dash_store_connected (app->store);
  for (guint n = 0; text < end && n < 64; n++)
    {
      const char *line_end = memchr (text, '\n', (gsize) (end - text));

      line_end = line_end != NULL ? line_end : end;
      dash_app_wish (app);
      answer (app->store);
      dash_store_message (app->store, text, (gsize) (line_end - text), NOW_MS);
      text = line_end + 1;
    }
  fw_manual_clock_advance (&clock, G_USEC_PER_SEC);
  dash_store_sample (app->store);
  dash_app_draw (app);
  check_screen (app->canvas);
  fw_field_forget_own ();
  return 0;
}
