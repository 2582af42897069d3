// Runs the steps that it is given with masterzen/winrm, the WinRM client of Packer and Terraform, and prints what came of each as JSON.
// winrm HOST PORT CA-FILE|- basic|ntlm  < {"user":…,"password":…,"steps":[{"command":…,"stdin":…}]}
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/masterzen/winrm"
)

type step struct {
	Command string `json:"command"`
	Stdin   string `json:"stdin"`
}

type asked struct {
	User     string `json:"user"`
	Password string `json:"password"`
	Steps    []step `json:"steps"`
}

type outcome struct {
	Out    string  `json:"out"`
	Err    string  `json:"err"`
	Code   int     `json:"code"`
	Length int     `json:"length"`
	Digest string  `json:"digest"`
	Failed string  `json:"failed"`
	Took   float64 `json:"seconds"`
}

// Long output is told by its length and digest.
func shown(out *bytes.Buffer) string {
	if out.Len() > 10000 {
		return ""
	}
	return out.String()
}

func main() {
	host, ca, scheme := os.Args[1], os.Args[3], os.Args[4]
	port, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	var certificate []byte
	if ca != "-" {
		if certificate, err = os.ReadFile(ca); err != nil {
			panic(err)
		}
	}
	var input asked
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		panic(err)
	}
	endpoint := winrm.NewEndpoint(host, port, ca != "-", false, certificate, nil, nil, 30*time.Second)
	parameters := *winrm.DefaultParameters
	if scheme == "ntlm" {
		parameters.TransportDecorator = func() winrm.Transporter { return &winrm.ClientNTLM{} }
	}
	client, err := winrm.NewClientWithParameters(endpoint, input.User, input.Password, &parameters)
	if err != nil {
		panic(err)
	}
	outcomes := []outcome{}
	for _, one := range input.Steps {
		var out, errors bytes.Buffer
		began := time.Now()
		var code int
		if one.Stdin == "" {
			code, err = client.Run(one.Command, &out, &errors)
		} else {
			code, err = client.RunWithInput(one.Command, &out, &errors, strings.NewReader(one.Stdin))
		}
		sum := sha256.Sum256(out.Bytes())
		done := outcome{shown(&out), errors.String(), code, out.Len(), hex.EncodeToString(sum[:]), "", time.Since(began).Seconds()}
		if err != nil {
			done.Failed = err.Error()
		}
		outcomes = append(outcomes, done)
	}
	if err := json.NewEncoder(os.Stdout).Encode(outcomes); err != nil {
		panic(err)
	}
}
