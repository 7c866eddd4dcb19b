/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-network.h"

static void
put_number (GString *out, double value, const char *format)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append (out, g_ascii_formatd (text, sizeof text, format, value));
}

static void
put_edge (GString *out, const SimNetwork *net, const SimEdge *edge)
{
  const SimRoadRow *row = &sim_roads[edge->road];
  g_string_append_printf (
      out, "{\"type\":\"Feature\",\"properties\":{\"road\":\"%s\",\"limit_kmh\":", row->name);
  put_number (out, row->limit_kmh, "%.0f");
  g_string_append (out, "},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[");
  for (guint i = 0; i < edge->n_vertices; i++)
    {
      FwPoint at = sim_place_to_point (&net->place, sim_vertex (net, edge->first_vertex + i));
      g_string_append (out, i > 0 ? ",[" : "[");
      put_number (out, at.lon, "%.6f");
      g_string_append_c (out, ',');
      put_number (out, at.lat, "%.6f");
      g_string_append_c (out, ']');
    }
  g_string_append (out, "]}}");
}

gboolean
sim_network_write (const SimNetwork *net, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new ("{\"type\":\"FeatureCollection\",\"features\":[\n");
  for (guint e = 0; e < net->edges->len; e++)
    {
      if (e > 0)
        g_string_append (out, ",\n");
      put_edge (out, net, sim_edge (net, e));
    }
  g_string_append (out, "\n]}\n");
  return g_file_set_contents (path, out->str, out->len, error);
}
