-- Twenty questions that analysts ask, timed by `python -m benchmarks.queries`. A line `-- name` opens each.

-- count
SELECT count(*) FROM quotes;
-- by day
SELECT published_at::DATE AS day, count(*) FROM articles GROUP BY day ORDER BY day;
-- most quoted
SELECT speaker_name, count(*) AS n FROM quotes WHERE speaker_name IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 20;
-- one speaker
SELECT published_at, quote_text FROM quotes WHERE speaker_name = 'Speaker 77' ORDER BY published_at LIMIT 100;
-- speakers of a month
SELECT speaker_name, count(*) AS n FROM quotes WHERE published_at >= '2023-05-01' AND published_at < '2023-06-01'
GROUP BY 1 ORDER BY n DESC, 1 LIMIT 20;
-- direct share by provider
SELECT provider, avg((quote_type = 'direct')::INT) AS direct FROM quotes GROUP BY 1 ORDER BY 2 DESC, 1;
-- cues
SELECT cue_text, count(*) AS n FROM quotes GROUP BY 1 ORDER BY n DESC, 1 LIMIT 30;
-- sure quotations
SELECT count(*) FROM quotes WHERE quote_confidence >= 0.9 AND NOT is_anonymous;
-- anonymous by month
SELECT date_trunc('month', published_at) AS month, avg(is_anonymous::INT) FROM quotes GROUP BY 1 ORDER BY 1;
-- datelines
SELECT dateline_country_code, count(*) AS n FROM articles GROUP BY 1 ORDER BY n DESC, 1;
-- long stories
SELECT article_id, headline, word_count FROM articles ORDER BY word_count DESC, article_id LIMIT 50;
-- subjects
SELECT s.code, count(*) AS n FROM (SELECT unnest(subjects) AS s FROM articles) GROUP BY 1 ORDER BY n DESC, 1;
-- corrections by provider
SELECT provider, count(*) FROM articles WHERE list_contains(signals, 'correction') GROUP BY 1 ORDER BY 1;
-- one article
SELECT * FROM articles WHERE article_id = 'art-00000000000000077777';
-- quotes of an article
SELECT * FROM quotes WHERE article_id = 'art-00000000000000077777' ORDER BY quote_start;
-- quotes with their datelines
SELECT a.dateline_country_code, count(*) AS n FROM quotes q JOIN articles a USING (article_id)
WHERE q.quote_type = 'direct' GROUP BY 1 ORDER BY n DESC, 1;
-- speaker and place
SELECT q.speaker_name, a.dateline_city, count(*) AS n FROM quotes q JOIN articles a USING (article_id)
WHERE a.dateline_country_code = 'FR' GROUP BY 1, 2 ORDER BY n DESC, 1, 2 LIMIT 20;
-- first said
SELECT speaker_name, min(published_at), max(published_at) FROM quotes GROUP BY 1 ORDER BY 2, 1 LIMIT 20;
-- copies
SELECT cluster_id, count(*) AS n FROM articles WHERE cluster_id IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT 20;
-- stories by hour
SELECT hour(published_at) AS hour, count(*) FROM articles GROUP BY 1 ORDER BY 1;
