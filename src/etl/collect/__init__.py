"""Collecting: from the places that copy comes from into the raw zone."""

from etl.collect.records import Clock, Collected, Deposit
from etl.collect.rounds import collect_all
from etl.collect.visit import collect_source

__all__ = ["Clock", "Collected", "Deposit", "collect_all", "collect_source"]
