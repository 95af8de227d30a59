// Check an exported log with the Go project's own implementation of the same public
// specifications: golang.org/x/mod/sumdb/note (signed notes) and .../tlog (RFC 6962 trees, tiles).
//
// Usage: main BUNDLE VKEY. Prints "origin size root" when everything holds.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(3)
	}
}

// number writes N as the specification does: x001/x234/067.
func number(n int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	return path
}

func place(bundle, level string, n int64, width int) string {
	path := filepath.Join(bundle, "tile", level, number(n))
	if width < 1<<height {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

type tiles struct{ bundle string }

func (t tiles) Height() int { return height }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range wanted {
		data, err := os.ReadFile(place(t.bundle, strconv.Itoa(tile.L), tile.N, tile.W))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// checkpoint opens the note with the auditor's key and returns origin, tree.
func checkpoint(bundle, vkey string) (string, tlog.Tree) {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	signed, err := os.ReadFile(filepath.Join(bundle, "checkpoint"))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	var tree tlog.Tree
	tree.N = size
	copy(tree.Hash[:], root)
	if lines[0] != verifier.Name() || len(root) != tlog.HashSize {
		must(fmt.Errorf("the note is not a checkpoint of this log"))
	}
	return lines[0], tree
}

func main() {
	bundle, vkey := os.Args[1], strings.TrimSpace(os.Args[2])
	origin, tree := checkpoint(bundle, vkey)
	hashes := tlog.TileHashReader(tree, tiles{bundle})
	for n := int64(0); n*256 < tree.N; n++ {
		width := int64(256)
		if tree.N-n*256 < width {
			width = tree.N - n*256
		}
		data, err := os.ReadFile(place(bundle, "entries", n, int(width)))
		must(err)
		var indexes []int64
		for i := int64(0); i < width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, n*256+i))
		}
		leaves, err := hashes.ReadHashes(indexes) // authenticated against the root
		must(err)
		for i := range leaves {
			length := int(data[0])<<8 | int(data[1])
			if tlog.RecordHash(data[2:2+length]) != leaves[i] {
				must(fmt.Errorf("entry %d is not what the tree holds", n*256+int64(i)))
			}
			data = data[2+length:]
		}
		if len(data) != 0 {
			must(fmt.Errorf("bundle %d has bytes left over", n))
		}
	}
	fmt.Println(origin, tree.N, tree.Hash)
}
