/**
 * Ports of labs and tests, inclusive. Below what the system itself hands out (from 32768 on Linux, ip_local_port_range): a
 * server that is stopped for a while finds its port free again.
 */

/** Of servers: free-ports.ts gives them out one by one. */
export const serverPorts = { lowest: 4_000, highest: 11_999 };

/** Of sound, a range for each lab (slot.ts): enough for 1,400 calls that listen to prompts. */
export const soundPorts = { labs: 6, lowest: 12_000, perLab: 3460 };
