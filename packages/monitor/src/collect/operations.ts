import type { OperationView } from '../sender-view.js';
import type { OperationStatus } from '../status.js';

/** Counts of one operation with the rate an operator asks for. */
export function operationStatus(operation: OperationView | undefined): OperationStatus {
  const ok = operation?.ok ?? 0;
  const failed = operation?.failed ?? 0;
  const total = ok + failed;
  return { ok, failed, total, successRate: total === 0 ? null : ok / total };
}

/** The sum of several operations. */
export function sumOperations(operations: readonly (OperationView | undefined)[]): OperationStatus {
  return operationStatus({
    ok: operations.reduce((sum, operation) => sum + (operation?.ok ?? 0), 0),
    failed: operations.reduce((sum, operation) => sum + (operation?.failed ?? 0), 0),
  });
}
