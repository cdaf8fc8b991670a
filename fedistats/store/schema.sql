-- The schema of the store. All times are epoch seconds, UTC. A host is referred to by its number in the table `host`.

CREATE TABLE host (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE collection (                       -- what was collected about one instance, starting at one time
    id INTEGER PRIMARY KEY,
    start INTEGER NOT NULL REFERENCES host,
    begun_at INTEGER NOT NULL,
    fedistats_version TEXT NOT NULL,
    neighborhood_posts INTEGER,                 -- posts requested of each timeline; null if no neighborhood was collected
    neighborhood_depth INTEGER NOT NULL DEFAULT 1,  -- steps from the start
    neighborhood_max_hosts INTEGER,             -- hosts to visit at most; null for no limit
    neighborhood_edges TEXT NOT NULL DEFAULT 'posts',  -- what links two instances: posts or mentions
    neighborhood_ended_at INTEGER               -- null until every host has been visited
);

CREATE TABLE listed_host (                      -- hosts given by the user, visited like those found on the start
    collection INTEGER NOT NULL REFERENCES collection,
    host INTEGER NOT NULL REFERENCES host,
    PRIMARY KEY (collection, host)
) WITHOUT ROWID;

CREATE TABLE instance (                         -- what a server says about itself
    collection INTEGER NOT NULL REFERENCES collection,
    host INTEGER NOT NULL REFERENCES host,      -- the domain of its users' handles
    api_host TEXT NOT NULL,                     -- the host that answers its API
    facts TEXT NOT NULL,                        -- JSON: the fields of fedistats.model.Instance
    complete INTEGER NOT NULL,                  -- 1 if all its pages about itself were requested, 0 if only some were
    PRIMARY KEY (collection, host)
) WITHOUT ROWID;

CREATE TABLE timeline (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collection,
    host INTEGER NOT NULL REFERENCES host,
    feed TEXT NOT NULL,                         -- public, local or mentions
    api_host TEXT,
    wanted INTEGER NOT NULL,                    -- posts requested
    posts_read INTEGER NOT NULL DEFAULT 0,
    cursor TEXT,                                -- where the next page begins; null once the timeline is finished
    key BLOB,                                   -- key of its hashes; null once the timeline is finished
    outcome TEXT,                               -- null while the timeline is being read
    reason TEXT NOT NULL DEFAULT '',
    left_out INTEGER,                           -- posts whose authors opted out; null until the timeline is finished
    word_authors INTEGER,                       -- people whose words were counted; null if no words were counted
    UNIQUE (collection, host, feed)
);

CREATE TABLE post (
    timeline INTEGER NOT NULL REFERENCES timeline,
    position INTEGER NOT NULL,                  -- 0 is the newest
    digest INTEGER NOT NULL,                    -- keyed hash of the post's id
    author INTEGER,                             -- keyed hash; null, like all columns below, if the author opted out
    origin INTEGER REFERENCES host,             -- the instance the post was written on; null if that is not a public host
    written_at INTEGER,                         -- rounded down to the hour: the second would identify the post
    language TEXT,
    PRIMARY KEY (timeline, position)
) WITHOUT ROWID;

CREATE TABLE mention (                          -- other instances whose users a post mentions; only for the feed `mentions`
    timeline INTEGER NOT NULL REFERENCES timeline,
    position INTEGER NOT NULL,
    host INTEGER NOT NULL REFERENCES host,
    PRIMARY KEY (timeline, position, host)
) WITHOUT ROWID;

CREATE TABLE hashtag (
    timeline INTEGER NOT NULL REFERENCES timeline,
    digest INTEGER NOT NULL,                    -- keyed hash of the casefolded hashtag
    first_author INTEGER NOT NULL,              -- keyed hash
    tag TEXT,                                   -- null until a second person uses it
    PRIMARY KEY (timeline, digest)
) WITHOUT ROWID;

CREATE TABLE post_hashtag (
    timeline INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hashtag INTEGER NOT NULL,                   -- hashtag.digest
    PRIMARY KEY (timeline, position, hashtag)
) WITHOUT ROWID;

-- Totals of finished timelines. Results read these instead of millions of posts.

CREATE TABLE origin_posts (                     -- posts of each timeline by the instance they were written on (or mention)
    timeline INTEGER NOT NULL REFERENCES timeline,
    origin INTEGER NOT NULL REFERENCES host,
    posts INTEGER NOT NULL,
    PRIMARY KEY (timeline, origin)
) WITHOUT ROWID;

CREATE TABLE origin_language (                  -- posts of each instance by language, on all timelines of a collection
    collection INTEGER NOT NULL REFERENCES collection,
    origin INTEGER NOT NULL REFERENCES host,
    language TEXT NOT NULL,
    posts INTEGER NOT NULL,
    PRIMARY KEY (collection, origin, language)
) WITHOUT ROWID;

CREATE TABLE origin_hashtag (                   -- people of each instance by hashtag, at least 2
    collection INTEGER NOT NULL REFERENCES collection,
    origin INTEGER NOT NULL REFERENCES host,
    tag TEXT NOT NULL,
    people INTEGER NOT NULL,                    -- on the timeline that shows the most of them
    PRIMARY KEY (collection, origin, tag)
) WITHOUT ROWID;

CREATE TABLE directory (                        -- the profile directory of one instance, as counts
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collection,
    host INTEGER NOT NULL REFERENCES host,
    next_offset INTEGER NOT NULL DEFAULT 0,     -- where the next page begins
    listed INTEGER NOT NULL DEFAULT 0,          -- profiles read
    left_out INTEGER NOT NULL DEFAULT 0,        -- profiles whose owners opted out
    with_bio INTEGER NOT NULL DEFAULT 0,
    key BLOB,                                   -- key of its hashes; null once the directory is finished
    outcome TEXT,                               -- null while the directory is being read
    reason TEXT NOT NULL DEFAULT '',
    UNIQUE (collection, host)
);

CREATE TABLE profile_seen (                     -- profiles read so far; deleted when the directory is finished
    directory INTEGER NOT NULL REFERENCES directory,
    digest INTEGER NOT NULL,                    -- keyed hash of the profile's id
    PRIMARY KEY (directory, digest)
) WITHOUT ROWID;

CREATE TABLE profile_count (
    directory INTEGER NOT NULL REFERENCES directory,
    measure TEXT NOT NULL,                      -- created, followers, posts
    bin INTEGER NOT NULL,                       -- created: months since the year 0; others: bins of a logarithmic scale
    people INTEGER NOT NULL,
    PRIMARY KEY (directory, measure, bin)
) WITHOUT ROWID;

CREATE TABLE word_use (                         -- who used which term; deleted when the timeline is finished
    timeline INTEGER NOT NULL REFERENCES timeline,
    author INTEGER NOT NULL,                    -- keyed hash
    digest INTEGER NOT NULL,                    -- keyed hash of the term
    PRIMARY KEY (timeline, author, digest)
) WITHOUT ROWID;

CREATE TABLE term (                             -- a word or phrase, and how many people use it
    kind TEXT NOT NULL,                         -- bio, field (the name of a profile field), post
    source INTEGER NOT NULL,                    -- the id of the directory; for the kind post, of the timeline
    digest INTEGER NOT NULL,                    -- keyed hash of the term
    term TEXT,                                  -- casefolded; null until a second person uses it
    pair INTEGER NOT NULL,                      -- 1 for a phrase of several words
    people INTEGER NOT NULL,
    as_stop_word INTEGER NOT NULL,              -- people who use it as a stop word of their language
    PRIMARY KEY (kind, source, digest)
) WITHOUT ROWID;

CREATE TABLE spelling (                         -- how people spell a term
    kind TEXT NOT NULL,
    source INTEGER NOT NULL,
    term INTEGER NOT NULL,                      -- term.digest
    digest INTEGER NOT NULL,                    -- keyed hash of the spelling
    spelling TEXT,                              -- null until a second person uses it
    people INTEGER NOT NULL,
    PRIMARY KEY (kind, source, term, digest)
) WITHOUT ROWID;

CREATE TABLE rate_limit (                       -- the state of each host's rate limit, kept from one run to the next
    host TEXT PRIMARY KEY,
    not_before REAL NOT NULL,
    paging TEXT NOT NULL                        -- JSON: times of the requests for further pages in the last 15 minutes
) WITHOUT ROWID;

CREATE VIEW posts_read AS                       -- the posts, with names instead of numbers
    SELECT collection.id AS collection, start.name AS start, reader.name AS read_on, timeline.feed, post.position,
           origin.name AS written_on, datetime(post.written_at, 'unixepoch') AS written_at, post.language
    FROM post JOIN timeline ON timeline.id = post.timeline JOIN collection ON collection.id = timeline.collection
    JOIN host AS start ON start.id = collection.start JOIN host AS reader ON reader.id = timeline.host
    LEFT JOIN host AS origin ON origin.id = post.origin;
