// A program for the HECI device by nothing but the kernel's public interface, from many goroutines, without libc.
//
//	client facts   asks AMTHI what it knows of itself, and prints it as one JSON object
//	client rows    errors of the driver, goroutines, the poller of os.File; one JSON object, a key a row
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

const (
	connectClient     = 0xC0104801
	header            = 12
	provisioningMode  = 0x04000008
	provisioningState = 0x04000011
	codeVersions      = 0x0400001A
	macAddresses      = 0x04000025
	hashHandles       = 0x0400002C
	hashEntry         = 0x0400002D
	goroutines        = 16
	exchanges         = 100
)

var amthi = [16]byte{0x28, 0x00, 0xF8, 0x12, 0xB7, 0xB4, 0x2D, 0x4B, 0xAC, 0xA8, 0x46, 0xE0, 0xFF, 0x65, 0x81, 0x4C}
var le = binary.LittleEndian

func connect(fd uintptr, client [16]byte) (uint32, error) {
	data := client
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, connectClient, uintptr(unsafe.Pointer(&data)))
	if errno != 0 {
		return 0, errno
	}
	return le.Uint32(data[:]), nil
}

func open() (int, error) {
	fd, err := syscall.Open("/dev/mei0", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if _, err = connect(uintptr(fd), amthi); err != nil {
		syscall.Close(fd)
		return -1, err
	}
	return fd, nil
}

func request(command uint32, data []byte) []byte {
	message := make([]byte, header, header+len(data))
	message[0], message[1] = 1, 1
	le.PutUint32(message[4:], command)
	le.PutUint32(message[8:], uint32(len(data)))
	return append(message, data...)
}

type channel interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
}

type rawFile int

func (f rawFile) Read(into []byte) (int, error)   { return syscall.Read(int(f), into) }
func (f rawFile) Write(bytes []byte) (int, error) { return syscall.Write(int(f), bytes) }

func ask(file channel, command uint32, data []byte) (uint32, []byte, error) {
	if _, err := file.Write(request(command, data)); err != nil {
		return 0, nil, err
	}
	answer := make([]byte, 8192)
	size, err := file.Read(answer)
	if err != nil {
		return 0, nil, err
	}
	answer = answer[:size]
	if size < header+4 || le.Uint32(answer[4:]) != command|0x00800000 || int(le.Uint32(answer[8:]))+header != size {
		return 0, nil, fmt.Errorf("no answer to %08x, but %x", command, answer)
	}
	return le.Uint32(answer[header:]), answer[header+4:], nil
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
	return value
}

func need(file channel, command uint32) []byte {
	status, data, err := ask(file, command, nil)
	if err == nil && status != 0 {
		err = fmt.Errorf("status %d to %08x", status, command)
	}
	return must(data, err)
}

func text(field []byte) string { return strings.TrimRight(string(field), "\x00") }

type hashRow struct {
	Default   uint32 `json:"default"`
	Active    uint32 `json:"active"`
	Algorithm byte   `json:"algorithm"`
	Name      string `json:"name"`
	Hash      string `json:"hash"`
}

func hashes(file channel) (uint32, []hashRow) {
	rows := []hashRow{}
	status, handles, err := ask(file, hashHandles, nil)
	must(handles, err)
	for i := 0; status == 0 && i < int(le.Uint32(handles)); i++ {
		_, data, err := ask(file, hashEntry, handles[4+4*i:8+4*i])
		must(data, err)
		size := []int{16, 20, 32, 48}[data[72]&3]
		rows = append(rows, hashRow{le.Uint32(data), le.Uint32(data[4:]), data[72], string(data[75:]),
			hex.EncodeToString(data[8 : 8+size])})
	}
	return status, rows
}

func facts() {
	file := rawFile(must(open()))
	data := need(file, codeVersions)
	versions := map[string]string{}
	for i := 0; i < int(le.Uint32(data[65:])); i++ {
		entry := data[69+44*i:]
		versions[text(entry[2:22])] = text(entry[24:44])
	}
	macs := need(file, macAddresses)
	status, rows := hashes(file)
	version := must(os.ReadFile("/sys/class/mei/mei0/fw_ver"))
	out := map[string]interface{}{
		"bios": text(data[:65]), "versions": versions,
		"mode": le.Uint32(need(file, provisioningMode)), "state": le.Uint32(need(file, provisioningState)),
		"dedicated": hex.EncodeToString(macs[:6]), "host": hex.EncodeToString(macs[6:12]),
		"hash_status": status, "hashes": rows, "fw_ver": strings.SplitN(string(version), "\n", 2)[0],
	}
	must(0, json.NewEncoder(os.Stdout).Encode(out))
}

func concurrent() int64 {
	var wrong int64
	var all sync.WaitGroup
	for i := 0; i < goroutines; i++ {
		all.Add(1)
		go func(number int) {
			defer all.Done()
			fd, err := open()
			if err != nil {
				atomic.AddInt64(&wrong, exchanges)
				return
			}
			defer syscall.Close(fd)
			for n := 0; n < exchanges; n++ {
				command := []uint32{provisioningState, provisioningMode}[(number+n)%2]
				if _, _, err := ask(rawFile(fd), command, nil); err != nil {
					atomic.AddInt64(&wrong, 1)
				}
			}
		}(i)
	}
	all.Wait()
	return wrong
}

// osFile is what most Go programs use: the runtime's poller watches the descriptor.
func osFile() error {
	file, err := os.OpenFile("/dev/mei0", os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failure error
	if err := raw.Control(func(fd uintptr) { _, failure = connect(fd, amthi) }); err != nil || failure != nil {
		return fmt.Errorf("connect: %v %v", err, failure)
	}
	for i := 0; i < exchanges; i++ {
		if _, _, err := ask(file, provisioningState, nil); err != nil {
			return err
		}
	}
	file.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := file.Read(make([]byte, 100)); !os.IsTimeout(err) {
		return fmt.Errorf("a read without an answer ended with %v", err)
	}
	return nil
}

func rows() {
	seen := map[string]string{}
	row := func(name string, held bool, saw interface{}) {
		seen[name] = "ok"
		if !held {
			seen[name] = fmt.Sprint(saw)
		}
	}
	fd := must(syscall.Open("/dev/mei0", syscall.O_RDWR, 0))
	_, err := syscall.Write(fd, []byte{1})
	row("write-unconnected", err == syscall.ENODEV, err)
	_, err = connect(uintptr(fd), [16]byte{1})
	row("connect-unknown", err == syscall.ENOTTY, err)
	longest, err := connect(uintptr(fd), amthi)
	row("connect", err == nil && longest == 4160, err)
	_, err = connect(uintptr(fd), amthi)
	row("connect-again", err == syscall.EBUSY, err)
	_, err = syscall.Write(fd, bytes.Repeat([]byte{0}, 4161))
	row("write-too-long", err == syscall.EFBIG, err)
	must(0, syscall.SetNonblock(fd, true))
	_, err = syscall.Read(fd, make([]byte, 100))
	row("read-nonblocking", err == syscall.EAGAIN, err)
	wrong := concurrent()
	row("goroutines", wrong == 0, wrong)
	err = osFile()
	row("os-file", err == nil, err)
	entries, err := os.ReadDir("/sys/class/mei")
	row("readdir", err == nil && len(entries) == 1 && entries[0].Name() == "mei0", err)
	info, err := os.Stat("/dev/mei0")
	row("stat", err == nil && info.Mode()&os.ModeCharDevice != 0, err)
	must(0, json.NewEncoder(os.Stdout).Encode(seen))
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "rows" {
		rows()
	} else {
		facts()
	}
}
