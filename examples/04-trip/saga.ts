/** Books everything that a trip needs at the same time: all of it, or nothing. */
import { saga } from "@sagaspec/runtime";
import { TripSchema, travel } from "../../generated/travel/index.js";

// Each booking is undone by the operation that its contract names in `x-compensated-by`.
export const bookTrip = saga("book-trip", { version: 1, input: TripSchema })
  .parallel("bookings", {
    members: (group) =>
      group
        .step("flight", {
          call: travel.bookFlight,
          with: ({ input: { tripId, city, day } }) => ({ tripId, to: city, day }),
        })
        .step("hotel", {
          call: travel.bookHotel,
          with: ({ input: { tripId, city, nights } }) => ({ tripId, city, nights }),
        })
        .step("car", {
          call: travel.rentCar,
          with: ({ input: { tripId, city, nights } }) => ({ tripId, city, days: nights }),
        }),
  })
  .step("itinerary", {
    run: ({ input, bookings: { flight, hotel, car } }) =>
      `${input.city}: flight ${flight.number}, hotel ${hotel.number}, car ${car.number}`,
  });
