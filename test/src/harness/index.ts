export { eventually } from './eventually.js';
export { FaultProxy, type Fault, type Passing } from './fault-proxy.js';
export { faultTest, startFaultyFleet, type FaultyFleet } from './faulty-fleet.js';
export { Fleet, startFleet, type FleetOptions } from './fleet.js';
export { fleetTest, sharedFleet } from './fleet-test.js';
export { freePorts } from './free-ports.js';
export { serverScript, TestServer, tunedScript, type ServerOptions } from './server.js';
export { differences, readTree, syncedFolders, type Tree } from './tree.js';
