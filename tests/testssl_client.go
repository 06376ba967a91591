// A client by Go's crypto/tls and net/http, run by testssl.py:
//
//	client ROOTS OTHER-ROOTS https://localhost:PORT
//
// Asks over one connection three times with each cipher suite that Go and inki share, and must be refused, or must refuse, in all other
// cases. Prints what it used; ends with 1 at the first thing that is wrong.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io/ioutil"
	"net/http"
	"os"
	"strings"
)

func fail(words ...interface{}) {
	fmt.Println(words...)
	os.Exit(1)
}

func roots(path string) *x509.CertPool {
	pem, err := ioutil.ReadFile(path)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pem) {
		fail(path, err)
	}
	return pool
}

// The suite of the connection that three requests have gone through.
func ask(url string, config *tls.Config) (string, error) {
	transport := &http.Transport{TLSClientConfig: config}
	client := &http.Client{Transport: transport}
	suite := ""
	defer transport.CloseIdleConnections()
	for i := 0; i < 3; i++ {
		answer, err := client.Get(url + "/healthz")
		if err != nil {
			return "", err
		}
		body, err := ioutil.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || string(body) != "ok\n" || answer.TLS.Version != tls.VersionTLS12 || answer.ProtoMajor != 1 {
			fail("a wrong answer:", string(body), err, answer.TLS.Version)
		}
		suite = tls.CipherSuiteName(answer.TLS.CipherSuite)
	}
	return suite, nil
}

func refused(what string, url string, config *tls.Config, words string) {
	_, err := ask(url, config)
	if err == nil || !strings.Contains(err.Error(), words) {
		fail(what, "should be refused with", words, "and it is:", err)
	}
}

func main() {
	good, url := roots(os.Args[1]), os.Args[3]
	used := 0
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		isOurs := strings.Contains(suite.Name, "ECDHE") && (strings.Contains(suite.Name, "GCM") || strings.Contains(suite.Name, "CHACHA20"))
		name, err := ask(url, &tls.Config{RootCAs: good, CipherSuites: []uint16{suite.ID}, MaxVersion: tls.VersionTLS12})
		if err == nil && (!isOurs || name != suite.Name) {
			fail(suite.Name, "was asked for, and", name, "used")
		}
		if err == nil {
			used++
			fmt.Println("  Go:", name)
		}
	}
	if used < 3 {
		fail("only", used, "suites work")
	}
	if _, err := ask(url, &tls.Config{RootCAs: good}); err != nil {
		fail("with Go's own choice:", err)
	}
	for _, curve := range []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384} {
		if _, err := ask(url, &tls.Config{RootCAs: good, CurvePreferences: []tls.CurveID{curve}}); err != nil {
			fail("curve", curve, err)
		}
	}
	refused("an unknown authority", url, &tls.Config{RootCAs: roots(os.Args[2])}, "certificate signed by unknown authority")
	refused("another name", url, &tls.Config{RootCAs: good, ServerName: "example.org"}, "certificate is valid for localhost")
	refused("TLS 1.3 only", url, &tls.Config{RootCAs: good, MinVersion: tls.VersionTLS13}, "unsupported protocol version")
	refused("TLS 1.1", url, &tls.Config{RootCAs: good, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, "protocol version not supported")
}
