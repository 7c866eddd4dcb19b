/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event-json.h"
#include "fw-option.h"
/* fw-mapping: [fields] of fleetwire.conf and the sim's --map: `lat = position.latitude`,
 * `speed_kmh = position.speed * 1.852`, `device_id = device.uniqueId`, and fields of one's own:
 * `humidity_pct = sensors.h1` or, with unit and range, `humidity_pct = sensors.h1 [%] 0..100`.
 * Grammar: target = path [('*'|'/') number] ['[' unit ']'] [min '..' max]; a path's parts are separated by dots, a part
 * with dots or spaces is quoted ("a.b"); a known field that is not mapped is still read by its own name, unless
 * another key is mapped to it. Threads: made by main, then immutable. */
typedef struct
{
  guint   field;      /* FwFieldId, or one of the specials below */
  char  **path;       /* NULL-terminated parts */
  char   *column;     /* the path as written: a CSV column's name */
  double  factor;     /* 1 when none */
} FwMappingRow;
enum { FW_MAP_DEVICE_ID = 1000, FW_MAP_FLEET, FW_MAP_TS, FW_MAP_SEQ };

FwMapping          *fw_mapping_new (void);
void                fw_mapping_free (FwMapping *mapping);
/* One row; declares an own field when target is not known. Errors say the row and what was expected. */
gboolean            fw_mapping_add (FwMapping *mapping, const char *target, const char *source, GError **error);
/* "device_id=COL,ts=COL,speed_kmh=COL*1.609344": commas separate, a quoted column may hold one. */
FwMapping          *fw_mapping_parse_list (const char *list, GError **error);
/* Section [fields] of config, with file (nullable) read over it. *ret_mapping NULL: there is no such section. */
gboolean            fw_mapping_load (FwConfig *config, const char *file, FwMapping **ret_mapping, GError **error);
guint               fw_mapping_n (const FwMapping *mapping);
const FwMappingRow *fw_mapping_row (const FwMapping *mapping, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwMapping, fw_mapping_free)
