/*
 * For the planner a topic or a stream is as large as its table. Where most are
 * small, reading all rows of one and a row of it by another index cost it the
 * same, and a plan that walks the whole topic was kept until the statistics
 * were next renewed: by then somebody's topic was large.
 */
alter table sluice.messages alter column topic_id set (n_distinct = 1);
alter table sluice.deliveries alter column topic_id set (n_distinct = 1);
alter table sluice.entries alter column stream_id set (n_distinct = 1);
alter table sluice.pending alter column stream_id set (n_distinct = 1);
