/** Steps from one look inside the network to the next, unless said otherwise: it is what keeps their share of a run's time below a twentieth (`npm run bench inside`). */
export const usualEvery = 50;
