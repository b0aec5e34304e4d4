"""Pretty printers for gomap: in gdb, `source engine/gdb/gomap.py`, then `print m`.

A map shows as `gomap::Map with 3 entries = {[1] = 10, ...}`, also in the middle of a growth: the live
cells of the new array, and of the old buckets that have not been evacuated. An iterator shows the
entry it stands at. Reads memory and calls nothing, so it works on core files too.
"""

import gdb
import gdb.printing

MIN_TOP_HASH = 5  # smallest state of a filled cell (constants.h)
SAME_SIZE_GROW = 8  # flag: the growth under way keeps the bucket count


def read(address, size):
    return int.from_bytes(gdb.selected_inferior().read_memory(address, size).tobytes(), "little")


class Layout:
    """Where things lie in a bucket: the template arguments of Table::layout_numbers."""

    def __init__(self, table):
        numbers = table["layout_numbers"].type.strip_typedefs()
        (self.width, self.key_offset, self.elem_offset, self.overflow_offset, self.size,
         self.key_size, self.elem_size, self.key_indirect, self.elem_indirect) = (
            int(numbers.template_argument(n)) for n in range(9))
        self.key_type = table.type.template_argument(0)
        self.elem_type = table.type.template_argument(1)

    def key(self, bucket, cell):
        return value_at(bucket + self.key_offset + cell * self.key_size,
                        self.key_type, self.key_indirect)

    def elem(self, bucket, cell):
        return value_at(bucket + self.elem_offset + cell * self.elem_size,
                        self.elem_type, self.elem_indirect)


def value_at(slot, kind, indirect):
    if indirect:
        slot = read(slot, 8)
    return gdb.Value(slot).cast(kind.pointer()).dereference()


def live_cells(table):
    """Yields (key, elem) of every entry."""
    if int(table["buckets"]) == 0 or int(table["count"]) == 0:
        return
    layout = Layout(table)
    flags = read(int(table["flags"].address), 1)
    buckets = 1 << int(table["B"])
    arrays = [(int(table["buckets"]), 0, buckets)]
    if int(table["oldbuckets"]) != 0:
        old = buckets if flags & SAME_SIZE_GROW else buckets // 2
        arrays.append((int(table["oldbuckets"]), int(table["nevacuate"]), old))
    for array, first, count in arrays:
        for index in range(first, count):
            bucket = array + index * layout.size
            while bucket != 0:
                for cell in range(layout.width):
                    if read(bucket + cell, 1) >= MIN_TOP_HASH:
                        yield layout.key(bucket, cell), layout.elem(bucket, cell)
                bucket = read(bucket + layout.overflow_offset, 8)


class MapPrinter:
    def __init__(self, value):
        pointer = value["handle_"]["table_"]
        self.table = pointer.dereference() if int(pointer) != 0 else None

    def to_string(self):
        if self.table is None:
            return "gomap::Map with 0 entries"
        if self.table["is_nil"]:
            return "nil gomap::Map"
        count = int(self.table["count"])
        growing = ", growing" if int(self.table["oldbuckets"]) != 0 else ""
        return f"gomap::Map with {count} {'entry' if count == 1 else 'entries'}{growing}"

    def children(self):
        if self.table is None:
            return
        for number, (key, elem) in enumerate(live_cells(self.table)):
            yield f"key {number}", key
            yield f"elem {number}", elem

    def display_hint(self):
        return "map"


class IteratorPrinter:
    """Of a container's iterator. After a write its entry may be elsewhere: it says so."""

    def __init__(self, value):
        self.cursor = value["cursor_"]

    def to_string(self):
        if int(self.cursor["key_"]) == 0:
            return "gomap end"
        table = self.cursor["table_"].dereference()
        if int(table["modifications"]) != int(self.cursor["seen_"]):
            return "gomap iterator, the map has been written to since"
        return "gomap iterator"

    def children(self):
        if int(self.cursor["key_"]) == 0:
            return
        table = self.cursor["table_"].dereference()
        if int(table["modifications"]) == int(self.cursor["seen_"]):
            yield "first", self.cursor["key_"].dereference()
            yield "second", self.cursor["elem_"].dereference()


def build_printer():
    printers = gdb.printing.RegexpCollectionPrettyPrinter("gomap")
    printers.add_printer("Map", "^gomap::Map<.*>$", MapPrinter)
    printers.add_printer("EntryIterator", "^gomap::EntryIterator<.*>$", IteratorPrinter)
    return printers


gdb.printing.register_pretty_printer(gdb.current_objfile(), build_printer(), replace=True)
