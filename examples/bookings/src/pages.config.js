/**
 * pages.config.js - which pages the app has
 *
 * AUTO-GENERATED from the files in ./pages. Only mainPage is meant to be
 * edited by hand: it names the page that opens first.
 */
import BookingDetail from './pages/BookingDetail';
import Bookings from './pages/Bookings';
import Calendar from './pages/Calendar';
import ClientDetail from './pages/ClientDetail';
import Clients from './pages/Clients';
import Dashboard from './pages/Dashboard';
import Invoices from './pages/Invoices';
import Leads from './pages/Leads';
import MyBookings from './pages/MyBookings';
import Services from './pages/Services';
import Settings from './pages/Settings';
import Tasks from './pages/Tasks';
import __Layout from './Layout.jsx';


export const PAGES = {
    "BookingDetail": BookingDetail,
    "Bookings": Bookings,
    "Calendar": Calendar,
    "ClientDetail": ClientDetail,
    "Clients": Clients,
    "Dashboard": Dashboard,
    "Invoices": Invoices,
    "Leads": Leads,
    "MyBookings": MyBookings,
    "Services": Services,
    "Settings": Settings,
    "Tasks": Tasks,
}

export const pagesConfig = {
    mainPage: "Dashboard",
    Pages: PAGES,
    Layout: __Layout,
};
