"""Operating the service: it says how it is, what it does, and stops when told to."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
import requests
import yaml
from serving import Serving

from kg.api.log import Log
from kg.api.settings import Settings, default_of, flag_of, variable_of
from kg.cli import serve
from kg.cli.main import parser_of

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = " ".join(map(str, range(1000)))
ENDLESS = "SELECT (COUNT(*) AS ?n) {" + " ".join(f"VALUES ?{name} {{{NUMBERS}}}" for name in "abcd") + "}"
HIDDEN = "https://secret.example/patient-7"


@pytest.fixture(scope="module")
def serving(tmp_path_factory):
    options = ("--log-format", "json", "--deadline", "2s")
    with Serving(tmp_path_factory.mktemp("operations") / "store", options=options) as found:
        yield found


def kg(*words: str, timeout: float = 30, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg.cli.main", "serve", *words]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=timeout, check=False
    )


def test_health_says_that_the_process_lives(serving):
    response = requests.get(f"{serving.url}/health", timeout=5)
    assert (response.status_code, response.json()["status"]) == (200, "ok")
    assert response.headers["Cache-Control"] == "no-store"


def test_ready_says_what_there_is(serving):
    told = requests.get(f"{serving.url}/ready", timeout=5).json()
    assert (told["status"], told["reasons"]) == ("ready", [])
    assert told["workers"]["alive"] >= 1
    assert isinstance(told["workers"]["isolated"], bool)


def test_ready_is_503_with_reasons_where_the_store_is_gone(tmp_path):
    with Serving(tmp_path / "store") as serving:
        requests.get(f"{serving.url}/ready", timeout=5).raise_for_status()
        (tmp_path / "store" / "CURRENT").write_text("00000009-nothing\n")
        response = requests.get(f"{serving.url}/ready", timeout=10)
        assert response.status_code == 503
        assert "store" in response.json()["reasons"][0]
        assert str(tmp_path) not in response.text
        assert response.headers["Retry-After"]
        assert requests.get(f"{serving.url}/health", timeout=5).status_code == 200
        query = requests.get(f"{serving.url}/sparql?query=ASK%20%7B%7D", timeout=5)
        assert query.status_code == 503
        assert str(tmp_path) not in query.text


SAMPLE = re.compile(r'[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)*\})? -?\d+(\.\d+)?(e[+-]?\d+)?')


def test_metrics_are_in_the_format_of_prometheus(serving):
    requests.get(f"{serving.url}/nowhere/{'x' * 50}", timeout=5)
    requests.request("BREW", f"{serving.url}/health", timeout=5)
    response = requests.get(f"{serving.url}/metrics", timeout=5)
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families, samples = {}, []
    for line in response.text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in families, "a family stands there twice"
            families[name] = kind
        elif not line.startswith("# HELP "):
            assert SAMPLE.fullmatch(line), line
            samples.append(line)
    for line in samples:
        name = re.match(r"[a-z_]+", line)[0]
        assert name in families or re.sub(r"_(bucket|sum|count)$", "", name) in families
    assert {"kg_http_requests_total", "kg_http_request_seconds", "kg_workers", "process_resident_memory_bytes"} <= set(families)
    assert 'route="-"' in response.text
    assert 'method="OTHER"' in response.text
    assert "nowhere" not in response.text


def test_buckets_of_a_histogram_add_up(serving):
    text = requests.get(f"{serving.url}/metrics", timeout=5).text
    buckets = [int(n) for n in re.findall(r'kg_http_request_seconds_bucket\{route="/health",le="[^"]+"\} (\d+)', text)]
    count = int(re.search(r'kg_http_request_seconds_count\{route="/health"\} (\d+)', text)[1])
    assert buckets == sorted(buckets)
    assert buckets[-1] == count


def test_the_log_is_json_and_says_nothing_of_queries_tokens_and_addresses(serving):
    name = f"trace-{time.time_ns()}"
    query = f"ASK {{ <{HIDDEN}> ?p ?o }}"
    headers = {"Authorization": "Bearer not-a-token-7", "X-Request-Id": name}
    requests.get(f"{serving.url}/sparql", params={"query": query}, headers={"X-Request-Id": name}, timeout=5)
    requests.get(f"{serving.url}/sparql", params={"query": "nonsense " + HIDDEN}, headers=headers, timeout=5)
    until = time.monotonic() + 5
    while time.monotonic() < until and sum(name in line for line in serving.lines) < 2:
        time.sleep(0.05)
    lines = [json.loads(line) for line in serving.lines]
    found = [line for line in lines if line.get("request") == name]
    assert [line["status"] for line in found] == [200, 401]
    assert {"time", "level", "event", "method", "route", "ms", "bytes"} <= set(found[0])
    for word in ("secret.example", "not-a-token-7", '127.0.0.1"', "address"):
        assert not [line for line in serving.lines if word in line and "serving" not in line]


def test_the_log_does_not_hold_up_the_service_where_nobody_reads_it():
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        log = Log("json", "info", stream)
        began = time.monotonic()
        for number in range(30_000):
            log.say("info", "request", number=number, text="x" * 200)
        assert time.monotonic() - began < 20
        assert log.dropped > 0
        os.close(reader)
        log.close()
        stream_closed = False
        try:
            stream.flush()
        except BrokenPipeError:
            stream_closed = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), writer)
    assert stream_closed or log.dropped


def endless_query(serving: Serving, found: list[requests.Response]) -> threading.Thread:
    """A query that is under way when this returns, and whose answer goes into the list."""
    kind = {"Content-Type": "application/sparql-query"}
    ask = threading.Thread(
        target=lambda: found.append(requests.post(f"{serving.url}/sparql", data=ENDLESS, headers=kind, timeout=20))
    )
    ask.start()
    time.sleep(0.7)
    return ask


def test_a_stop_lets_running_requests_end_and_takes_no_new_ones(tmp_path):
    found: list[requests.Response] = []
    with Serving(tmp_path / "store", options=("--deadline", "2s", "--grace", "10s")) as serving:
        ask = endless_query(serving, found)
        family = psutil.Process(serving.process.pid).children(recursive=True)
        serving.process.send_signal(signal.SIGTERM)
        time.sleep(0.4)
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{serving.url}/health", timeout=5)
        ask.join()
        assert found[0].status_code == 504
        assert serving.process.wait(15) == 0
        assert psutil.wait_procs(family, timeout=5)[1] == []


def test_the_time_of_grace_ends_what_runs_longer(tmp_path):
    found: list[requests.Response] = []
    with Serving(tmp_path / "store", options=("--deadline", "60s", "--grace", "1s")) as serving:
        ask = endless_query(serving, found)
        serving.process.send_signal(signal.SIGTERM)
        assert serving.process.wait(10) == 0
        ask.join()
        assert found[0].status_code == 503
        assert found[0].headers["Retry-After"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_at_once(tmp_path, sent):
    with Serving(tmp_path / "store", options=("--deadline", "60s", "--grace", "50s")) as serving:
        sock = socket.create_connection(("127.0.0.1", int(serving.url.rpartition(":")[2])))
        head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(ENDLESS)}\r\n\r\n"
        sock.sendall((head + ENDLESS).encode())
        time.sleep(0.7)
        family = psutil.Process(serving.process.pid).children(recursive=True)
        serving.process.send_signal(sent)
        time.sleep(0.5)
        assert serving.process.poll() is None
        serving.process.send_signal(sent)
        assert serving.process.wait(8) == 0
        sock.close()
        assert not [line for line in serving.lines if "Traceback" in line]
        assert psutil.wait_procs(family, timeout=5)[1] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--memory", "much"), "--memory"),
        (("--memory", "10MiB"), "expected at least 256MiB"),
        (("--cors", "foo"), "is no origin"),
        (("--allow-service", "foo"), "is no address"),
        (("--deadline", "never"), "--deadline"),
        (("--deadline", "0"), "expected more than 0s"),
        (("--deadline", "inf"), "--deadline"),
        (("--port", "99999"), "--port"),
        (("--port", "http"), "--port"),
        (("--workers", "-1"), "--workers"),
        (("--trusted-proxies", "10.0.0.0/99"), "--trusted-proxies"),
        (("--public-url", "kg.example.org"), "--public-url"),
        (("--log-format", "xml"), "--log-format"),
        (("--host", "no.such.host.invalid"), "--host"),
    ],
)
def test_a_wrong_value_is_a_sentence_and_exit_2(tmp_path, words, said):
    ended = kg("--store", str(tmp_path / "store"), "--port", "0", *words)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_index_that_is_not_there_is_a_sentence_and_exit_1(tmp_path):
    ended = kg("--store", str(tmp_path / "store"), "--port", "0", "--index", str(tmp_path / "none"))
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert "there is no index" in ended.stderr


def test_a_list_given_twice_is_one_list_and_the_flag_wins(monkeypatch):
    monkeypatch.setenv("KG_ALLOW_SERVICE", "https://c.example/")
    words = ["--allow-service", "https://a.example/", "--allow-service", "https://b.example/"]
    found = parser_of("serve", serve).parse_args(words)
    assert Settings(store=ROOT, allow_service=found.allow_service).allow_service == ("https://a.example/", "https://b.example/")


@pytest.mark.parametrize("seconds", [0.6, 0.9, 1.2])
def test_a_stop_of_the_whole_group_during_the_start_is_quiet(tmp_path, seconds):
    command = [sys.executable, "-m", "kg.cli.main", "serve", "--store", str(tmp_path / "store"), "--port", "0"]
    began = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    time.sleep(seconds)
    os.killpg(began.pid, signal.SIGTERM)
    _, said = began.communicate(timeout=30)
    # Before the command has taken its signals over, the system ends it as it ends any other.
    assert began.returncode in {0, -signal.SIGTERM}
    assert "Traceback" not in said


def test_a_wrong_value_in_the_environment_names_the_variable(tmp_path):
    ended = kg("--store", str(tmp_path / "store"), KG_QUERY_BYTES="lots")
    assert ended.returncode == 2
    assert "KG_QUERY_BYTES" in ended.stderr


def test_a_port_in_use_and_a_folder_that_is_no_store_are_sentences(tmp_path, serving):
    port = serving.url.rpartition(":")[2]
    ended = kg("--store", str(tmp_path / "store"), "--port", port)
    assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    assert port in ended.stderr
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("no store")
    ended = kg("--store", str(tmp_path / "other"), "--port", "0")
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert "not a store" in ended.stderr


def test_every_setting_can_be_set_in_the_environment(tmp_path):
    environment = {
        "KG_DEADLINE": "1500ms",
        "KG_WORKERS": "3",
        "KG_MEMORY": "300MiB",
        "KG_HOST": "127.0.0.1",
        "KG_LOG_LEVEL": "info",
    }
    with Serving(tmp_path / "store", environment=environment) as serving:
        assert any("3 workers of 300 MiB, 1.5 s a query" in line for line in serving.lines)


def test_a_service_on_all_addresses_gives_advice(tmp_path):
    with Serving(tmp_path / "store", options=("--host", "127.0.0.1")) as quiet:
        assert not [line for line in quiet.lines if "TLS" in line]
    command = [
        sys.executable,
        "-m",
        "kg.cli.main",
        "serve",
        "--store",
        str(tmp_path / "store"),
        "--host",
        "0.0.0.0",
        "--port",
        "0",
    ]
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    lines = []
    for line in child.stderr:
        lines.append(line)
        if "serving" in line:
            break
    child.terminate()
    child.communicate(timeout=20)
    assert any("TLS" in line for line in lines)


def test_it_listens_on_ipv6(tmp_path):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("there is no IPv6 here")
    with Serving(tmp_path / "store", options=("--host", "::1")) as serving:
        assert serving.url.startswith("http://[::1]:")
        assert requests.get(f"{serving.url}/health", timeout=5).ok


def test_a_proxy_of_a_trusted_network_stands_for_its_clients(tmp_path):
    options = ("--trusted-proxies", "127.0.0.0/8", "--log-addresses", "network", "--log-format", "json")
    with Serving(tmp_path / "store", options=options) as serving:
        requests.get(f"{serving.url}/sparql?query=ASK%7B%7D", headers={"X-Forwarded-For": "evil, 192.0.2.77"}, timeout=5)
        until = time.monotonic() + 5
        while time.monotonic() < until and not any("192.0.2.0/24" in line for line in serving.lines):
            time.sleep(0.05)
        assert any(json.loads(line).get("address") == "192.0.2.0/24" for line in serving.lines)
        assert not [line for line in serving.lines if "evil" in line]


def test_every_setting_stands_in_the_documentation():
    text = (ROOT / "docs/serving.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(--[a-z-]+)` \| (.*) \|$", text, re.MULTILINE))
    assert list(rows) == [flag_of(name) for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        assert rows[flag_of(name)] == f"`{variable_of(name)}` | {default_of(name) or '–'} | {field.description}"


def test_every_metric_stands_in_the_documentation(serving):
    text = (ROOT / "docs/serving.md").read_text("utf-8")
    told = requests.get(f"{serving.url}/metrics", timeout=5).text
    for name in re.findall(r"^# TYPE (\w+)", told, re.MULTILINE):
        assert f"`{name}`" in text, name


def test_the_container_recipe_names_what_there_is():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    recipe = (ROOT / "Containerfile").read_text("utf-8")
    service = compose["services"]["kg"]
    assert (ROOT / service["build"]["dockerfile"]).is_file()
    assert service["read_only"] is True
    for variable in [*service["environment"], *re.findall(r"(KG_[A-Z_]+)=", recipe)]:
        assert variable in {variable_of(name) for name in Settings.model_fields} | {"KG_CACHE"}, variable
    for flag in re.findall(r"\"(--[a-z-]+)\"", recipe + json.dumps(compose)):
        assert flag in {flag_of(name) for name in Settings.model_fields}, flag
    for source in re.findall(r"^COPY (?!--from)(.*) \S+$", recipe, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists(), name
    assert re.search(r"^USER (?!root|0)", recipe, re.MULTILINE)
    assert "/health" in recipe
