/** The identity of a server in versions: its configured name. */
export type NodeId = string;

/**
 * Per node, how many changes a version has seen. A `Map`, never an object: node ids come from the network.
 * A node that is absent counts as 0. The empty vector means "found on disk, never versioned": it is older than
 * every other version, so a rebuilt index can neither resurrect a deletion nor roll back a newer file.
 */
export type VersionVector = ReadonlyMap<NodeId, number>;

/** How `a` stands to `b`: it has seen more, less, the same, or each has seen something the other has not. */
export type VersionOrder = 'newer' | 'older' | 'equal' | 'concurrent';
