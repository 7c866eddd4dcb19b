/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-app.h"
/* dash-fixture: a dashboard without terminal or network: a clock that stands still, and a relay of
 * canned messages with a small fleet on the streets of a grid. The same every time. */
typedef enum
{
  FIXTURE_FLEET,       /* vehicles with everything */
  FIXTURE_THERMOMETER, /* one device, one temperature, no position */
  FIXTURE_HOSTILE,     /* names that would like to own the terminal */
  FIXTURE_EMPTY,       /* a relay without devices */
} FixtureKind;

typedef struct
{
  FwManualClock clock;
  FixtureKind kind;
  guint n, n_claimed; /* devices there are; devices the window says there are, 0 = the same */
  DashApp *app;
  gint64 ch[DASH_N_SUBS];
  char *asked[DASH_N_SUBS]; /* the last request of each purpose */
  gint64 next_ch, rev, started_ms;
} DashFixture;

void fixture_start (DashFixture *fixture, FixtureKind kind, int width, int height,
                    gboolean is_ascii);
void fixture_stop (DashFixture *fixture);
/* Takes the app's wishes and answers them; then lets so many seconds pass, with messages twice a
 * second. */
void fixture_run (DashFixture *fixture, guint seconds);
/* One message from the relay. */
void fixture_say (DashFixture *fixture, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Keys, one per character; '\n' is Enter, '\e' is Escape. */
void fixture_type (DashFixture *fixture, const char *keys);
/* The screen as text; transfer full. */
char *fixture_picture (DashFixture *fixture);
