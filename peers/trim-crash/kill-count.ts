/** How often processes are killed in all; `ATELIER_TEST_KILLS` asks for more than CI has time for. */
const kills = Number(process.env.ATELIER_TEST_KILLS ?? 80);

/** So many of all kills fall on one kind of work. */
export const killsFor = (share: number): number => Math.round(kills * share);
