/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-csv: RFC 4180 rows from a buffer: quotes, doubled quotes, CR LF, LF and CR line ends, also mixed.
 * Promises: any bytes; a row or cell over its limit, an unclosed quote and a wrong count of cells are said by line
 *   number. Fuzzed. Threads: one owner. */
#define FW_CSV_MAX_CELLS 256
#define FW_CSV_MAX_ROW_BYTES (64 * 1024)
typedef struct FwCsv FwCsv;
typedef enum { FW_CSV_ROW, FW_CSV_END, FW_CSV_BROKEN } FwCsvResult; /* BROKEN: this row is bad, go on with the next */
FwCsv       *fw_csv_new (const char *data, gsize len); /* borrows data; a UTF-8 BOM is skipped */
void         fw_csv_free (FwCsv *csv);
/* Cells are borrowed until the next call. ret_why: static text when BROKEN. */
FwCsvResult  fw_csv_next (FwCsv *csv, const char *const **ret_cells, const gsize **ret_lens, guint *ret_n, const char **ret_why);
guint        fw_csv_line (const FwCsv *csv); /* 1-based line on which the last row began */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwCsv, fw_csv_free)
