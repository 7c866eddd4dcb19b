// SPDX-License-Identifier: Apache-2.0

// The peer of ./dev bench ingest: net/http and mochi-mqtt in front of franz-go. It promises what we promise, 202 and
// PUBACK only after acks=all, and checks nothing of what it is sent.
package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
	"github.com/twmb/franz-go/pkg/kgo"
)

var (
	kafka  *kgo.Client
	topic  = flag.String("topic", "iot-events", "")
	broker = flag.String("kafka", "localhost:9092", "")
	web    = flag.String("http", "127.0.0.1:8081", "")
	mqttAt = flag.String("mqtt", "127.0.0.1:1883", "")
	linger = flag.Duration("linger", 2*time.Millisecond, "")
)

// store waits until Kafka has them all.
func store(values [][]byte) error {
	var wait sync.WaitGroup
	var mutex sync.Mutex
	var failed error
	wait.Add(len(values))
	for _, value := range values {
		kafka.Produce(context.Background(), &kgo.Record{Topic: *topic, Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				mutex.Lock()
				failed = err
				mutex.Unlock()
			}
			wait.Done()
		})
	}
	wait.Wait()
	return failed
}

func events(response http.ResponseWriter, request *http.Request) {
	var values [][]byte
	if request.Header.Get("Content-Type") == "application/x-ndjson" {
		lines := bufio.NewScanner(request.Body)
		for lines.Scan() {
			values = append(values, bytes.Clone(lines.Bytes()))
		}
	} else {
		value, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		values = append(values, value)
	}
	if err := store(values); err != nil {
		http.Error(response, err.Error(), http.StatusServiceUnavailable)
		return
	}
	response.WriteHeader(http.StatusAccepted)
	fmt.Fprintf(response, `{"accepted":%d}`, len(values))
}

type hook struct{ mqtt.HookBase }

func (*hook) ID() string               { return "kafka" }
func (*hook) Provides(which byte) bool { return which == mqtt.OnPublish }
func (*hook) OnPublish(_ *mqtt.Client, packet packets.Packet) (packets.Packet, error) {
	if err := store([][]byte{bytes.Clone(packet.Payload)}); err != nil {
		return packet, packets.ErrRejectPacket
	}
	return packet, nil
}

func main() {
	flag.Parse()
	var err error
	kafka, err = kgo.NewClient(kgo.SeedBrokers(*broker), kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ProducerLinger(*linger),
		kgo.MaxBufferedRecords(100000))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(69)
	}
	server := mqtt.New(nil)
	_ = server.AddHook(new(auth.AllowHook), nil)
	_ = server.AddHook(new(hook), nil)
	if err = server.AddListener(listeners.NewTCP(listeners.Config{ID: "tcp", Address: *mqttAt})); err == nil {
		err = server.Serve()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(69)
	}
	listener, err := net.Listen("tcp", *web)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(69)
	}
	fmt.Println("ready")
	http.HandleFunc("/v1/events", events)
	_ = http.Serve(listener, nil)
}
