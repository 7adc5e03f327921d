"""River's own online regression on the same readings, as a yardstick: python river_yardstick.py READINGS.csv JUDGED_FROM_MS

Prints JSON: by post, the mean absolute error of predictions one hour ahead and the number of hours judged. The same task
and the same inputs as the model of pipelines/pm25-forecast.yaml: what is known at one hour predicts the change to the
next; each prediction is judged before it is learned from; hours without a reading one hour before are not judged.
"""

import csv
import json
import math
import sys
from collections import defaultdict, deque
from datetime import datetime

from river import linear_model, optim, preprocessing

HOUR_MS = 3_600_000
LAGS = 12
INPUTS = ["temperature_c", "humidity_pct", "pressure_hpa", "dew_point_c", "wind_cumulated_mps"]


def features(reading, history, before):
    now = reading["pm25"]
    found = {"level": now}
    for lag in range(1, LAGS + 1):
        if lag < len(history):
            found[f"change_{lag}"] = history[-lag] - history[-lag - 1]
    for name in INPUTS:
        if reading[name] is not None:
            found[name] = reading[name]
            if before is not None and before[name] is not None:
                found[f"change_of_{name}"] = reading[name] - before[name]
    angle = 2 * math.pi * ((reading["time_ms"] // HOUR_MS) % 24) / 24
    for wave in (1, 2):
        for label, value in (("sin", math.sin(wave * angle)), ("cos", math.cos(wave * angle))):
            found[f"{label}_{wave}"] = value
            found[f"level_{label}_{wave}"] = value * now
    return found


class Post:
    def __init__(self):
        # Huber's loss because PM2.5 has spikes; the settings are plausible ones, they were not searched for.
        self.model = preprocessing.StandardScaler() | linear_model.LinearRegression(
            optimizer=optim.Adam(0.001), loss=optim.losses.Huber(epsilon=10.0), intercept_lr=0.001
        )
        self.history = deque(maxlen=LAGS + 1)
        self.before = None
        self.pending = None
        self.error = 0.0
        self.hours = 0

    def observe(self, reading, judged_from_ms):
        if self.pending is not None and reading["time_ms"] - self.before["time_ms"] == HOUR_MS:
            known, last = self.pending
            predicted = max(0.0, last + self.model.predict_one(known))
            if reading["time_ms"] >= judged_from_ms:
                self.error += abs(predicted - reading["pm25"])
                self.hours += 1
            self.model.learn_one(known, reading["pm25"] - last)
        self.history.append(reading["pm25"])
        self.pending = (features(reading, self.history, self.before), reading["pm25"])
        self.before = reading


def readings(path):
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["pm25"] == "":
                continue
            numbers = {name: float(row[name]) if row[name] != "" else None for name in ["pm25", *INPUTS]}
            time_ms = int(datetime.fromisoformat(row["observed_at"]).timestamp() * 1000)
            yield row["location"], {**numbers, "time_ms": time_ms}


def main(path, judged_from_ms):
    posts = defaultdict(Post)
    for location, reading in readings(path):
        posts[location].observe(reading, judged_from_ms)
    print(json.dumps({name: {"mae": post.error / post.hours, "hours": post.hours} for name, post in posts.items()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
