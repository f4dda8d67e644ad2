#!/usr/bin/env python3
"""A small database that answers and writes in the background. database.py SECONDS"""
import os, sqlite3, sys, time

store = sqlite3.connect("store.db")
store.execute("create table if not exists entry (number integer, text text)")
end = time.time() + float(sys.argv[1])
while time.time() < end:
    with store:
        store.executemany("insert into entry values (?, ?)", [(n, os.urandom(20).hex()) for n in range(2000)])
    store.execute("select count(*), max(text) from entry where text like '%ab%'").fetchone()
    time.sleep(0.05)
