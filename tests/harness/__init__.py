# SPDX-License-Identifier: Apache-2.0
"""What flow and page tests share: programs with their logs, free ports, waiting with a deadline, a real Kafka."""
