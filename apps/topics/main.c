/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "fw-error.h"
#include "fw-kafka-admin.h"
#include "fw-log.h"
#include "topics-check.h"
#include "topics-options.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("topics");

#define JOINED_BY_DEVICE_PARTITIONS 8 /* in fw_topics: what --partitions replaces */

typedef struct
{
  const TopicsOptions *options;
  FwKafkaConf *conf;
  GArray *specs;    /* FwTopicSpec, whole names */
  GPtrArray *names; /* owns them */
} Task;

static void
task_fill (Task *task)
{
  for (const FwTopicSpec *row = fw_topics; row->name; row++)
    {
      FwTopicSpec spec = *row;
      char *name = fw_kafka_topic (task->conf, row->name);
      g_ptr_array_add (task->names, name);
      spec.name = name;
      if (spec.n_partitions == JOINED_BY_DEVICE_PARTITIONS)
        spec.n_partitions = (guint) task->options->partitions;
      if (task->options->replicas > 0)
        spec.n_replicas = (gint) task->options->replicas;
      g_array_append_val (task->specs, spec);
    }
}

static const FwTopicSpec *
task_spec (const Task *task, guint i)
{
  return &g_array_index (task->specs, FwTopicSpec, i);
}

static FwExit
print_topics (Task *task, GError **error)
{
  (void) error;
  for (guint i = 0; i < task->specs->len; i++)
    {
      const FwTopicSpec *spec = task_spec (task, i);
      g_autofree char *configs = g_strjoinv (" ", (char **) spec->configs);
      printf ("%s %u %s\n", spec->name, spec->n_partitions, configs);
    }
  return FW_EXIT_OK;
}

static FwExit
apply_topics (Task *task, GError **error)
{
  if (!fw_kafka_create_topics (task->conf, task_spec (task, 0), task->specs->len,
                               (gint) task->options->timeout_ms, error))
    return FW_EXIT_FAILURE;
  fw_info (_ ("%u topics are there at %s"), task->specs->len, fw_kafka_conf_bootstrap (task->conf));
  return FW_EXIT_OK;
}

static const FwTopicInfo *
find_topic (const GPtrArray *present, const char *name)
{
  for (guint i = 0; i < present->len; i++)
    {
      const FwTopicInfo *info = g_ptr_array_index (present, i);
      if (strcmp (info->name, name) == 0)
        return info;
    }
  return NULL;
}

static gboolean
check_one (Task *task, const FwTopicSpec *spec, const GPtrArray *present, GPtrArray *findings,
           GError **error)
{
  g_auto (GStrv) config = NULL;
  g_autoptr (GError) local = NULL;
  const FwTopicInfo *info = find_topic (present, spec->name);
  if (info)
    config
        = fw_kafka_topic_config (task->conf, spec->name, (gint) task->options->timeout_ms, &local);
  if (local && !g_error_matches (local, FW_ERROR, FW_ERROR_NOT_SUPPORTED))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  topics_check (spec, spec->name, info, (const char *const *) config, findings);
  return TRUE;
}

static FwExit
check_topics (Task *task, GError **error)
{
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) present
      = fw_kafka_list_topics (task->conf, (gint) task->options->timeout_ms, error);
  if (!present)
    return FW_EXIT_FAILURE;
  for (guint i = 0; i < task->specs->len; i++)
    if (!check_one (task, task_spec (task, i), present, findings, error))
      return FW_EXIT_FAILURE;
  for (guint i = 0; i < findings->len; i++)
    printf ("%s\n", (const char *) g_ptr_array_index (findings, i));
  if (findings->len == 0)
    fw_info (_ ("all %u topics are as they should be"), task->specs->len);
  return findings->len > 0 ? FW_EXIT_FAILURE : FW_EXIT_OK;
}

static FwExit
run_verb (Task *task, const char *verb, GError **error)
{
  if (g_strcmp0 (verb, "print") == 0)
    return print_topics (task, error);
  if (g_strcmp0 (verb, "apply") == 0)
    return apply_topics (task, error);
  if (g_strcmp0 (verb, "check") == 0)
    return check_topics (task, error);
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
               _ ("say what to do: fleetwire topics print, apply or check"));
  return FW_EXIT_USAGE;
}

static FwExit
run (const TopicsOptions *options, const FwConfig *config, const char *verb, GError **error)
{
  g_autoptr (FwKafkaConf) conf = fw_kafka_conf_new (&options->kafka, config, error);
  g_autoptr (GArray) specs = g_array_new (FALSE, FALSE, sizeof (FwTopicSpec));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  Task task = { options, conf, specs, names };
  if (!conf)
    return FW_EXIT_FAILURE;
  task_fill (&task);
  return run_verb (&task, verb, error);
}

int
main (int argc, char **argv)
{
  TopicsOptions options = { 0 };
  FwProgram program = topics_program;
  g_autoptr (FwConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  program.versions = fw_kafka_versions ();
  if (!fw_program_start (&program, &options, &argc, &argv, &config, &status))
    return status;
  status = (int) run (&options, config, argc > 1 ? argv[1] : NULL, &error);
  if (error)
    status = fw_program_fail (&program, error);
  fw_program_clear (&program, &options);
  return status;
}
