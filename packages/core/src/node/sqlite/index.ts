export { openSqliteIndex, type SqliteIndexOptions } from './open-sqlite-index.js';
export type { Durability } from './open-database.js';
