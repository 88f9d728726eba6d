/**
 * Whether this process is probably one of several that run the same app: a worker of `node:cluster`, or started by PM2. Being
 * wrong costs two small transactions per batch; not noticing could let two processes write one path at once.
 */
export function hasSiblings(env: NodeJS.ProcessEnv, isClusterWorker: boolean): boolean {
  return isClusterWorker || env['NODE_APP_INSTANCE'] !== undefined || env['pm_id'] !== undefined;
}
