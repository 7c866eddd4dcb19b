/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-names.h"

static const char *const places[] = {
  "Alder",     "Barton",    "Bluff",   "Cedar",      "Chalk Hill", "Clover", "Comet",   "Cypress",
  "Dawson",    "Elm",       "Fern",    "Garnet",     "Hickory",    "Indigo", "Juniper", "Kestrel",
  "Lantern",   "Larkspur",  "Laurel",  "Lime Creek", "Magnolia",   "Maple",  "Mesa",    "Mill",
  "Northgate", "Oak Knoll", "Orchard", "Palisade",   "Pecan",      "Quarry", "Ridge",   "Riverside",
  "Saddle",    "Sage",      "Sorrel",  "Sycamore",   "Talus",      "Walnut", "Willow",  "Yarrow",
};
static const char *const trades[] = {
  "Market", "Pharmacy", "Bakery", "Grill", "Grocer",   "Clinic",  "School",
  "Deli",   "Hotel",    "Foods",  "Cafe",  "Hardware", "Florist", "Books",
};
static const char *const surnames[] = {
  "Abara",  "Brandt",   "Castillo", "Dubois", "Eriksen",  "Farouk", "Garza",  "Haddad", "Ibarra",
  "Jansen", "Kowalski", "Lindgren", "Moreau", "Nakamura", "Okafor", "Ortiz",  "Petrov", "Quispe",
  "Rossi",  "Salazar",  "Tran",     "Ueda",   "Vargas",   "Weber",  "Yilmaz", "Zhou",
};
G_STATIC_ASSERT (G_N_ELEMENTS (places) * G_N_ELEMENTS (trades) == SIM_N_STOP_NAMES);

char *
sim_stop_name (guint64 seed, guint i)
{
  guint turn = (guint) (fw_rng_u64 (seed, SIM_STREAM_NAMES, 0) % SIM_N_STOP_NAMES);
  guint n = (i * 211u + turn)
            % SIM_N_STOP_NAMES; /* 211 shares no factor with 560: every name comes once */
  return g_strdup_printf ("%s %s", places[n % G_N_ELEMENTS (places)],
                          trades[n / G_N_ELEMENTS (places)]);
}

char *
sim_driver_name (SimDice *dice)
{
  guint initial = sim_dice_below (dice, 26);
  return g_strdup_printf ("%c. %s", 'A' + (gint) initial,
                          surnames[sim_dice_below (dice, G_N_ELEMENTS (surnames))]);
}
