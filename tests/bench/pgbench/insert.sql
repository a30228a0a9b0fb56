insert into bench.plain (payload) values (:payload);
