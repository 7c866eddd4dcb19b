/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "fw-csv.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr (FwCsv) csv = fw_csv_new ((const char *) data, len);
  const char *const *cells;
  const gsize *lens;
  const char *why;
  FwCsvResult result;
  guint n = 0, n_first = 0, line = 0;
  while ((result = fw_csv_next (csv, &cells, &lens, &n, &why)) != FW_CSV_END)
    {
      FUZZ_REQUIRE (fw_csv_line (csv) > line);
      line = fw_csv_line (csv);
      if (result == FW_CSV_BROKEN)
        {
          FUZZ_REQUIRE (why != NULL);
          continue;
        }
      FUZZ_REQUIRE (n > 0 && n <= FW_CSV_MAX_CELLS && (n_first == 0 || n == n_first));
      n_first = n;
      for (guint i = 0; i < n; i++)
        FUZZ_REQUIRE (lens[i] <= FW_CSV_MAX_ROW_BYTES && cells[i][lens[i]] == '\0');
    }
  return 0;
}
